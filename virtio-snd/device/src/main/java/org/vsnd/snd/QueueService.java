// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_MAX;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_RX;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_TX;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Wakeup;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.VirtqueueException;

/**
 * Serves the queues from DRIVER_OK to the reset: when a driver notifies, when more was left than one may take in a turn, and
 * again when a ring was gone for a moment. The one place where a guest's fault in a ring ends the device.
 *
 * <p>Device thread only, except construction and {@link #segmentsHeld}; allocates nothing while it serves.
 */
final class QueueService {
    /**
     * Descriptors looked at before others have their turn. The device may hold no more of a queue, so only a guest that gets its
     * messages back at once ever meets this.
     */
    static final long DESCRIPTORS_PER_TURN = Limit.QUEUE_SEGMENTS.standard();

    /**
     * While a hypervisor remaps memory a ring may be gone for a moment: it may be for so many times this long, however often the
     * guest notifies meanwhile.
     */
    private static final int RETRIES = 20;

    private static final long RETRY_NANOS = 5_000_000;

    private final ScheduledTasks tasks;
    private final Runnable faulted;
    private final ScheduledTasks.ScheduledTimer retryTimer;
    private final Wakeup[] more = new Wakeup[VIRTIO_SND_VQ_MAX];
    /** By index; null: the buffers stay in the ring. */
    private final @Nullable ServedQueue[] served = new ServedQueue[VIRTIO_SND_VQ_MAX];

    private @Nullable VirtioTransport transport;
    private boolean running;
    /** For each queue, how often it was waited for; 0: its memory is there. */
    private final int[] retries = new int[VIRTIO_SND_VQ_MAX];

    private boolean retryArmed;

    /** @param faulted told when a guest's fault has ended the device, in the middle of whatever it does */
    QueueService(ScheduledTasks tasks, Runnable faulted) {
        this.tasks = tasks;
        this.faulted = faulted;
        retryTimer = tasks.timer(this::retry);
        for (int i = 0; i < more.length; i++) {
            int queue = i;
            more[i] = tasks.wakeup(() -> serve(queue));
        }
    }

    /** Adds a queue that is to be served; before {@link #attach}. */
    void add(ServedQueue queue) {
        served[queue.index] = queue;
    }

    /** The device is plugged into its transport. */
    void attach(VirtioTransport to) {
        transport = to;
        for (ServedQueue queue : served) {
            if (queue != null) {
                queue.attach(to.queue(queue.index));
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

    /** Whether the driver has set DRIVER_OK, and neither reset the device nor broken it since. */
    boolean running() {
        return running;
    }

    /** DRIVER_OK: everything that is there already is served. */
    void start() {
        running = true;
        for (int queue = 0; queue < VIRTIO_SND_VQ_MAX; queue++) {
            serve(queue);
        }
    }

    /** Reset. */
    void stop() {
        running = false;
        Arrays.fill(retries, 0);
        retryArmed = false;
        retryTimer.cancel();
    }

    /** Takes what is available in a queue. */
    void serve(int index) {
        ServedQueue queue = served[index];
        if (!running || queue == null) {
            return;
        }
        try {
            queue.take();
            retries[index] = 0;
            if (running) {
                queue.taken();
            }
        } catch (VirtqueueException e) {
            guestFault(String.valueOf(e.getMessage()));
        } catch (GuestMemoryException e) {
            queue.taken();
            memoryGone(index, e);
        }
    }

    /** Takes what is available in tx and rx. */
    void serveMessages() {
        serve(VIRTIO_SND_VQ_TX);
        serve(VIRTIO_SND_VQ_RX);
    }

    /** A queue's turn is over with something left in it: the rest comes in another round of the device thread. */
    void serveAgain(int index) {
        more[index].signal();
    }

    /** The driver resets one queue. */
    void queueReset(int index) {
        ServedQueue queue = served[index];
        if (queue != null) {
            queue.forget();
        }
    }

    /** Ends the device until the driver resets it. */
    void guestFault(String reason) {
        running = false;
        retryTimer.cancel();
        transport().needsReset(reason);
        faulted.run();
    }

    private void memoryGone(int index, GuestMemoryException e) {
        if (retries[index] > RETRIES) {
            guestFault("queue " + index + ": " + e.getMessage());
            return;
        }
        retries[index] = Math.max(1, retries[index]);
        if (!retryArmed) { // not later for every notification
            retryArmed = true;
            retryTimer.arm(tasks.nanoTime() + RETRY_NANOS);
        }
    }

    private void retry() {
        retryArmed = false;
        for (int queue = 0; queue < VIRTIO_SND_VQ_MAX; queue++) {
            if (retries[queue] > 0) {
                retries[queue]++;
                serve(queue);
            }
        }
    }

    /** The most descriptors that the device holds of any queue. Any thread: as of a moment ago. */
    int segmentsHeld() {
        VirtioTransport attached = transport;
        int most = 0;
        for (int queue = 0; attached != null && queue < VIRTIO_SND_VQ_MAX; queue++) {
            most = Math.max(most, attached.queue(queue).segmentsHeld());
        }
        return most;
    }

    /** Writes what each queue is waited for. */
    void save(SnapshotWriter out) {
        for (int count : retries) {
            out.u8(count);
        }
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param runs whether the queues are served
     * @return makes the service what it was, timers aside: then comes {@link #ensureTimer}
     */
    Runnable load(SnapshotReader in, boolean runs) throws SnapshotException {
        int[] counts = new int[retries.length];
        for (int queue = 0; queue < counts.length; queue++) {
            counts[queue] = in.u8("retries", RETRIES + 1);
        }
        return () -> {
            running = runs;
            System.arraycopy(counts, 0, retries, 0, retries.length);
            retryArmed = runs && Arrays.stream(counts).anyMatch(count -> count > 0);
        };
    }

    /** After a restore: a ring that was gone is looked at again, whatever the snapshot says of the timer. */
    void ensureTimer() {
        if (retryArmed) {
            retryTimer.armNoLaterThan(tasks.nanoTime() + RETRY_NANOS);
        }
    }
}
