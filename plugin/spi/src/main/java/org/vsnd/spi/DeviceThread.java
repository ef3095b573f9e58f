package org.vsnd.spi;

/**
 * The one thread of a device, its clock and its timers. All of a device's decisions are made here; nothing on it blocks.
 *
 * <p>Methods are called on that thread, except {@link Wakeup#signal()}, {@link #nanoTime()} and, before the device is
 * first used, {@link #timer} and {@link #wakeup}.
 */
public interface DeviceThread {
    /**
     * The guest's time in nanoseconds from an arbitrary origin: monotonic, and standing still while a host with virtual
     * time is paused. Under {@link TimeBase#WALL} it is {@link System#nanoTime()}. Any thread.
     */
    long nanoTime();

    /** Whether host audio may set the pace. Constant. */
    TimeBase timeBase();

    /**
     * Makes a timer, not armed. To be called when a device is built, not while it runs.
     *
     * @param task runs on this thread when the timer is due
     */
    Timer timer(Runnable task);

    /**
     * Makes a way to get back to this thread from another one. To be called when a device is built, not while it runs.
     *
     * @param task runs on this thread soon after a {@link Wakeup#signal()}
     */
    Wakeup wakeup(Runnable task);
}
