package org.vsnd.snd;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * Completes a stream's messages, but keeps back the last one while the driver has not reacted to those before it: its
 * processor stands still (a paused virtual machine). Linux would find its whole buffer done at once, which looks to it as
 * if nothing were done at all, since hardware positions come modulo the buffer and its clock stood still as well: it then
 * waits for ever.
 *
 * <p>That the driver has reacted says that its interrupt handler ran; what it woke may run a good deal later. So the
 * message stays for as long again as the driver stood still, within limits. Device thread only.
 */
final class LastCompletion {
    private static final long LOOK_AGAIN_NANOS = 5_000_000;
    private static final long LONGEST_SETTLING_NANOS = 500_000_000;

    private final ScheduledTasks thread;
    private final MessageCompleter completer;
    private final BooleanSupplier driverReacted;
    private final Runnable afterwards;
    private final ScheduledTasks.ScheduledTimer timer;
    private @Nullable PcmMessage held;
    private int status;
    private long latencyBytes;
    private long dataBytes;
    private long heldNanos;
    private boolean settling;

    /**
     * @param driverReacted whether the driver is known to have seen what was completed before, or that cannot be known
     * @param afterwards called when a message that was kept has been completed because its time had come
     */
    LastCompletion(
            ScheduledTasks thread, MessageCompleter completer, BooleanSupplier driverReacted, Runnable afterwards) {
        this.thread = thread;
        this.completer = completer;
        this.driverReacted = driverReacted;
        this.afterwards = afterwards;
        this.timer = thread.timer(this::lookAgain);
    }

    /**
     * Completes a message as {@link MessageCompleter#complete}, or keeps it; one that was kept before goes first.
     *
     * @param last whether the driver has nothing else in flight and could have
     */
    void complete(PcmMessage message, int withStatus, long withLatencyBytes, long withDataBytes, boolean last) {
        release();
        if (!last || driverReacted.getAsBoolean()) {
            completer.complete(message, withStatus, withLatencyBytes, withDataBytes);
            return;
        }
        held = message;
        status = withStatus;
        latencyBytes = withLatencyBytes;
        dataBytes = withDataBytes;
        heldNanos = thread.nanoTime();
        settling = false;
        timer.arm(heldNanos + LOOK_AGAIN_NANOS);
    }

    /** Whether a message is kept. */
    boolean holds() {
        return held != null;
    }

    private void lookAgain() {
        long nowNanos = thread.nanoTime();
        if (settling) {
            release();
            afterwards.run();
        } else if (driverReacted.getAsBoolean()) {
            settling = true;
            timer.arm(nowNanos + Math.min(nowNanos - heldNanos, LONGEST_SETTLING_NANOS));
        } else {
            timer.arm(nowNanos + LOOK_AGAIN_NANOS);
        }
    }

    /** Completes what is kept, now. */
    void release() {
        PcmMessage message = held;
        if (message != null) {
            held = null;
            timer.cancel();
            completer.complete(message, status, latencyBytes, dataBytes);
        }
    }

    /** The message is no longer ours. */
    void forget(MessagePool pool) {
        PcmMessage message = held;
        if (message != null) {
            held = null;
            timer.cancel();
            pool.give(message);
        }
    }

    void save(SnapshotWriter out) {
        PcmMessage message = held;
        out.bool(message != null);
        if (message != null) {
            message.save(out);
            out.bool(status == VirtioSnd.VIRTIO_SND_S_OK).i64(latencyBytes).i64(dataBytes);
            out.nanos(heldNanos).bool(settling);
        }
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what makes it so if no message is kept. */
    Runnable load(SavedStream from) throws SnapshotException {
        SnapshotReader in = from.in();
        if (!in.bool("a message is kept")) {
            return () -> {};
        }
        PcmMessage message = from.message();
        boolean good = in.bool("the status kept");
        long latency = in.i64("the latency kept", 0, 0xffff_ffffL);
        long mostData = from.info().isOutput() ? 0 : message.chain().writableBytes() - PcmStatus.LENGTH;
        long data = in.i64("the data kept", 0, mostData);
        long since = in.past("since when a message is kept");
        boolean woke = in.bool("the driver has reacted");
        return () -> {
            held = message;
            status = good ? VirtioSnd.VIRTIO_SND_S_OK : VirtioSnd.VIRTIO_SND_S_IO_ERR;
            latencyBytes = latency;
            dataBytes = data;
            heldNanos = since;
            settling = woke;
        };
    }

    /** After a restore: a message that is kept does not stay, whatever the snapshot says of the timer. */
    void ensureTimer() {
        if (held != null) {
            timer.armNoLaterThan(thread.nanoTime() + LONGEST_SETTLING_NANOS);
        }
    }
}
