package org.vsnd.snd;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.Timer;

/**
 * Completes a stream's messages, but keeps back the last one while the driver has not reacted to those before it: its
 * processor stands still (a paused virtual machine). Linux would find its whole buffer done at once, which looks to it as
 * if nothing were done at all, since hardware positions come modulo the buffer and its clock stood still as well: it then
 * waits for ever. Device thread only.
 */
final class LastCompletion {
    private static final long LOOK_AGAIN_NANOS = 5_000_000;

    private final DeviceThread thread;
    private final MessageCompleter completer;
    private final BooleanSupplier driverReacted;
    private final Timer timer;
    private @Nullable PcmMessage held;
    private int status;
    private long latencyBytes;
    private long dataBytes;

    /**
     * @param driverReacted whether the driver is known to have seen what was completed before, or that cannot be known
     */
    LastCompletion(DeviceThread thread, MessageCompleter completer, BooleanSupplier driverReacted) {
        this.thread = thread;
        this.completer = completer;
        this.driverReacted = driverReacted;
        this.timer = thread.timer(this::lookAgain);
    }

    /**
     * Completes a message as {@link MessageCompleter#complete}, or keeps it.
     *
     * @param last whether the driver has nothing else in flight and could have
     */
    void complete(PcmMessage message, int withStatus, long withLatencyBytes, long withDataBytes, boolean last) {
        if (!last || driverReacted.getAsBoolean()) {
            completer.complete(message, withStatus, withLatencyBytes, withDataBytes);
            return;
        }
        held = message;
        status = withStatus;
        latencyBytes = withLatencyBytes;
        dataBytes = withDataBytes;
        timer.arm(thread.nanoTime() + LOOK_AGAIN_NANOS);
    }

    private void lookAgain() {
        if (driverReacted.getAsBoolean()) {
            release();
        } else {
            timer.arm(thread.nanoTime() + LOOK_AGAIN_NANOS);
        }
    }

    /** The driver is awake: it asked for something. */
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
}
