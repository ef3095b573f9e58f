// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_MAX;

import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Wakeup;
import org.vsnd.virtio.VirtioTransport;

/**
 * The common part of serving a device's queues: the time from the driver's beginning to the reset or to a guest's fault, further
 * turns for work that was left, and the wait for rings that are gone. The only place where a guest's fault in a ring
 * ends the device.
 *
 * <p>Device thread only, except construction and {@link #segmentsHeld}; allocates nothing while the queues are served.
 */
final class QueueService {
    /**
     * Descriptors looked at before others have their turn. The device may hold no more of a queue, so only a guest that gets its
     * messages back at once ever meets this.
     */
    static final long DESCRIPTORS_PER_TURN = Limit.QUEUE_SEGMENTS.standard();

    private static final long RETRY_NANOS = 5_000_000;

    private final ScheduledTasks tasks;
    private final @Nullable ServedQueue[] queues;
    private final Runnable faulted;
    private final ScheduledTasks.ScheduledTimer retryTimer;
    private final Wakeup[] more = new Wakeup[VIRTIO_SND_VQ_MAX];

    private @Nullable VirtioTransport transport;
    private boolean running;
    /** While the driver has suspended the device, and nothing is taken: signalled when something was given back. */
    private @Nullable Wakeup suspended;

    private boolean retryArmed;

    /**
     * @param queues by index, there when the device is built; null: the buffers stay in the ring
     * @param faulted called when a guest's fault has ended the device, possibly in the middle of its work
     */
    QueueService(ScheduledTasks tasks, @Nullable ServedQueue[] queues, Runnable faulted) {
        this.tasks = tasks;
        this.queues = queues;
        this.faulted = faulted;
        retryTimer = tasks.timer(this::retry);
        for (int i = 0; i < more.length; i++) {
            int queue = i;
            more[i] = tasks.wakeup(() -> serve(queue));
        }
    }

    /** The device is plugged into its transport. */
    void attach(VirtioTransport to) {
        transport = to;
        for (ServedQueue queue : queues) {
            if (queue != null) {
                queue.attach(to);
            }
        }
    }

    VirtioTransport transport() {
        VirtioTransport attached = transport;
        if (attached == null) {
            throw new IllegalStateException("not attached to a transport");
        }
        return attached;
    }

    /** Whether the driver has set DRIVER_OK or begun before, and has neither reset the device nor broken it since. */
    boolean running() {
        return running;
    }

    /** Whether buffers are taken from queues. */
    boolean taking() {
        return running && suspended == null;
    }

    /** The driver begins before DRIVER_OK: queues are served when they are notified. */
    void begin() {
        running = true;
    }

    /**
     * The driver suspends the device: what it holds may be given back, and nothing more is taken. A ring that was waited for is
     * looked at when the device is resumed, as all of them.
     *
     * @param gaveBack signalled when something was given back
     */
    void suspend(Wakeup gaveBack) {
        suspended = gaveBack;
        waitForNone();
    }

    /** A message went back: it may have been the last that is in process before the device is suspended. */
    void gaveBack() {
        Wakeup waiting = suspended;
        if (waiting != null) {
            waiting.signal();
        }
    }

    /** The driver resumes the device: serves what has come meanwhile. */
    void resume() {
        suspended = null;
        start();
    }

    /** DRIVER_OK: serves what is already there. */
    void start() {
        begin();
        for (int queue = 0; queue < queues.length; queue++) {
            serve(queue);
        }
    }

    private void serve(int index) {
        ServedQueue queue = queues[index];
        if (queue != null) {
            queue.serve();
        }
    }

    /** Reset. */
    void stop() {
        running = false;
        suspended = null;
        waitForNone();
    }

    private void waitForNone() {
        retryArmed = false;
        retryTimer.cancel();
        for (ServedQueue queue : queues) {
            if (queue != null) {
                queue.setRetries(0);
            }
        }
    }

    /** A queue's turn is over with work left: the rest comes in another round of the device thread. */
    void serveAgain(int index) {
        more[index].signal();
    }

    /** A ring's memory is gone: it is looked at again after a while, which notifications do not prolong. */
    void retryLater() {
        if (!retryArmed) {
            retryArmed = true;
            retryTimer.arm(tasks.nanoTime() + RETRY_NANOS);
        }
    }

    private void retry() {
        retryArmed = false;
        for (ServedQueue queue : queues) {
            if (queue != null) {
                queue.retry();
            }
        }
    }

    /** Ends the device until the driver resets it. */
    void guestFault(String reason) {
        running = false;
        retryTimer.cancel();
        transport().needsReset(reason);
        faulted.run();
    }

    /** The most descriptors that the device holds of any queue. Any thread; slightly out of date. */
    int segmentsHeld() {
        VirtioTransport attached = transport;
        int most = 0;
        for (int queue = 0; attached != null && queue < queues.length; queue++) {
            most = Math.max(most, attached.queue(queue).segmentsHeld());
        }
        return most;
    }

    /** Writes how often each ring was waited for. */
    void save(SnapshotWriter out) {
        for (ServedQueue queue : queues) {
            out.u8(queue == null ? 0 : queue.retries());
        }
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param runs whether the queues are served
     * @return restores the service, except timers; {@link #ensureTimer} comes next
     */
    Runnable load(SnapshotReader in, boolean runs) throws SnapshotException {
        int[] retries = new int[queues.length];
        boolean waits = false;
        for (int queue = 0; queue < retries.length; queue++) {
            retries[queue] = in.u8("retries", queues[queue] == null ? 0 : ServedQueue.mostRetries());
            waits |= retries[queue] > 0;
        }
        boolean armed = runs && waits;
        return () -> {
            running = runs;
            suspended = null;
            retryArmed = armed;
            for (ServedQueue queue : queues) {
                if (queue != null) {
                    queue.setRetries(retries[queue.index]);
                }
            }
        };
    }

    /**
     * After a restore: makes sure that a ring that was gone is looked at again, whatever the snapshot says of the
     * timer.
     */
    void ensureTimer() {
        if (retryArmed) {
            retryTimer.armNoLaterThan(tasks.nanoTime() + RETRY_NANOS);
        }
    }
}
