// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/**
 * The one thread of a device, its clock and its timers. All of a device's decisions are made here; nothing on it blocks.
 *
 * <p>Methods are called on that thread, except {@link Wakeup#signal()}, {@link #nanoTime()} and, before the device is
 * first used, {@link #timer} and {@link #wakeup}.
 */
public interface DeviceThread {
    /**
     * The guest's time in nanoseconds from an arbitrary origin; it never goes back. Under {@link TimeBase#WALL} it is
     * {@link System#nanoTime()}. Any thread.
     *
     * <p>Under {@link TimeBase#VIRTUAL} it may run at any speed, and it stands still while the guest is paused: nothing
     * is due then, and nothing is lost. It may jump ahead without timers having run in between: the device catches up
     * with up to a quarter of a second; after a longer jump it behaves as after an absence, and streams go on from the
     * new time without a burst and with at most one under-run. It must not go back. A host that returns to an earlier
     * state calls {@link PciFunction#reset()} and lets the guest's driver start anew, or restores the device from a
     * snapshot, if it has that ability; from then on the clock may show any time.
     */
    long nanoTime();

    /** Whether host audio may set the pace. Constant. */
    TimeBase timeBase();

    /**
     * Makes a timer, which is not armed. Called when a device is built, not while it runs.
     *
     * @param task runs on this thread when the timer is due
     */
    Timer timer(Runnable task);

    /**
     * Makes a way to run a task on this thread from other threads. Called when a device is built, not while it runs.
     *
     * @param task runs on this thread soon after a {@link Wakeup#signal()}
     */
    Wakeup wakeup(Runnable task);
}
