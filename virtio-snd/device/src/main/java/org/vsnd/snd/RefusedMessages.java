// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.RestoredChains;

/**
 * The messages of a stream whose state takes none (SND-80). The first few are refused at once; a driver that sends on
 * and on, whatever it is answered, has its messages refused one after the other, each after the time that it would
 * have played or recorded. Otherwise such a driver and the device keep each other busy without end.
 *
 * <p>Device thread only; allocates nothing once as many have waited.
 */
final class RefusedMessages {
    /** As many as Linux and others have in flight when something goes wrong. */
    static final int AT_ONCE = 8;

    /** A driver that has sent nothing to refuse for this long begins anew. */
    private static final long FORGIVEN_NANOS = 1_000_000_000L;
    /** A message without sound must not be for nothing, and nobody is to wait for long. */
    private static final long SHORTEST_NANOS = 1_000_000;

    private static final long LONGEST_NANOS = 1_000_000_000L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** Bytes of S16 stereo at 48 kHz: for a stream without parameters. */
    private static final long BYTES_PER_SECOND = 4L * 48_000;

    private static final int SAVED_BYTES = 2;

    private final PcmStream stream;
    private final ScheduledTasks thread;
    private final ScheduledTasks.ScheduledTimer timer;
    /** Those that wait, oldest first. */
    private final ArrayDeque<PcmMessage> waiting = new ArrayDeque<>();

    /** How many were refused at once since the driver last began anew. */
    private int atOnce;
    /** When the latest came. */
    private long latestNanos;
    /** When the oldest that waits is refused, or the latest was. */
    private long dueNanos;

    RefusedMessages(PcmStream stream, ScheduledTasks thread) {
        this.stream = stream;
        this.thread = thread;
        timer = thread.timer(this::refuseDue);
        latestNanos = thread.nanoTime();
        dueNanos = latestNanos;
    }

    /** A message has come, and its {@link PcmMessage#dataBytes} is set. */
    void add(PcmMessage message) {
        long nowNanos = thread.nanoTime();
        if (waiting.isEmpty() && nowNanos - latestNanos > FORGIVEN_NANOS) {
            atOnce = 0;
        }
        latestNanos = nowNanos;
        if (stream.config.rules().strict() || atOnce < AT_ONCE) {
            atOnce = Math.min(atOnce + 1, AT_ONCE);
            dueNanos = nowNanos;
            refuse(message);
            return;
        }
        stream.faults.seen(DriverFault.MESSAGES_OUT_OF_STATE);
        waiting.add(message);
        if (waiting.size() == 1) {
            dueNanos = Math.max(nowNanos, dueNanos) + nanosOf(message);
            timer.arm(dueNanos);
        }
    }

    private void refuseDue() {
        while (!waiting.isEmpty() && dueNanos <= thread.nanoTime()) {
            refuse(waiting.remove());
            if (!waiting.isEmpty()) {
                dueNanos += nanosOf(waiting.element());
            }
        }
        if (!waiting.isEmpty()) {
            timer.arm(dueNanos);
        }
    }

    private long nanosOf(PcmMessage message) {
        long bytesPerSecond = stream.bytesPerSecond(BYTES_PER_SECOND);
        long nanos = Math.min(message.dataBytes, bytesPerSecond) * NANOS_PER_SECOND / bytesPerSecond;
        return Math.max(SHORTEST_NANOS, Math.min(nanos, LONGEST_NANOS));
    }

    private void refuse(PcmMessage message) {
        stream.completer.complete(message, VirtioSnd.VIRTIO_SND_S_IO_ERR, 0, 0);
    }

    /** Refuses at once those that wait: the driver has sent a request for their stream. */
    void refuseAll() {
        timer.cancel();
        while (!waiting.isEmpty()) {
            refuse(waiting.remove());
        }
    }

    /** Whether any waits. */
    boolean waits() {
        return !waiting.isEmpty();
    }

    /** They are no longer ours. */
    void forget() {
        timer.cancel();
        while (!waiting.isEmpty()) {
            stream.pool.give(waiting.remove());
        }
    }

    /** The driver has found a state that takes messages, or is another one. */
    void forgive() {
        atOnce = 0;
    }

    void save(SnapshotWriter out) {
        out.u8(atOnce).nanos(latestNanos).nanos(dueNanos).u16(waiting.size());
        for (PcmMessage message : waiting) {
            out.u16(message.chain().head());
        }
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it. */
    Runnable load(SnapshotReader in, RestoredChains chains) throws SnapshotException {
        int saved = in.u8("messages refused at once", AT_ONCE);
        long latest = in.past("the latest message refused");
        long due = in.nanos("when a message is refused");
        int count = in.count("messages to be refused", 0xffff, SAVED_BYTES);
        List<PcmMessage> messages = new ArrayList<>(count);
        boolean output = stream.info.isOutput();
        for (int i = 0; i < count; i++) {
            PcmMessage message = new PcmMessage();
            DescriptorChain chain = chains.claim(in, output ? VirtioSnd.VIRTIO_SND_VQ_TX : VirtioSnd.VIRTIO_SND_VQ_RX);
            message.chain = chain;
            message.dataBytes =
                    PcmMessage.dataBytes(chain, output, stream.config.rules().headerBytes());
            in.require(message.dataBytes >= 0, "a chain is not a message");
            messages.add(message);
        }
        return () -> {
            atOnce = saved;
            latestNanos = latest;
            dueNanos = Math.min(due, thread.nanoTime() + LONGEST_NANOS);
            waiting.addAll(messages);
        };
    }

    /** After a restore: makes sure that those that wait are refused, whatever the snapshot says of the timer. */
    void ensureTimer() {
        if (!waiting.isEmpty()) {
            timer.armNoLaterThan(thread.nanoTime() + LONGEST_NANOS);
        }
    }
}
