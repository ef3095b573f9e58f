// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * Completes a stream's messages, but keeps back the driver's last one in flight when the driver may not have seen any
 * of a whole buffer done: its processor stands still (a paused virtual machine), or did a moment ago. To Linux a whole
 * buffer done at once looks as if nothing were done, since hardware positions come modulo the buffer: it then waits
 * without end.
 *
 * <p>What the device knows: a driver that makes a message available has seen everything done up to a buffer before it.
 * So only the last message in flight can be the one too many. A reaction of the driver only shows that its interrupt
 * handler ran; the work that this woke runs later, and no ring shows when. A driver that reacts in time is trusted to
 * have looked within {@link #LOOK_NANOS} of its last message, or if that came after the latest completion. One that was
 * seen standing still is not, until it makes a message available that it can only have after a look at what was completed
 * meanwhile; until then its last message waits for the next one, or half a second. A driver that polls may never move used_event: it is
 * known by what it sends for what was completed, or by its requests ({@link ControlQueue}). Device thread only.
 */
final class LastMessageHold {
    private static final long LOOK_AGAIN_NANOS = 5_000_000;
    private static final long LONGEST_SETTLING_NANOS = 500_000_000;
    /**
     * A driver's work may be kept from running although its interrupt handler runs: by a busy host, or by threads of a higher
     * priority. So in a short buffer the last message is not done sooner after it came. That is also the end of a sound,
     * for which Linux waits for 100 ms or 1.1 buffers before it gives up.
     */
    private static final long LOOK_NANOS = 90_000_000;

    /** The same in a buffer that is not short: there the work had not run for most of a long buffer. */
    private static final long LOOK_IN_LONG_BUFFER_NANOS = 75_000_000;

    private static final long LONG_BUFFER_NANOS = 80_000_000;

    /**
     * How long before its last frame is consumed the last message is done of a driver that has had this time to look and sent
     * nothing, which is the end of a sound. At most half a period.
     */
    private static final long END_LEAD_NANOS = 5_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ScheduledTasks thread;
    private final MessageCompleter completer;
    private final Runnable afterwards;
    private final ScheduledTasks.ScheduledTimer timer;

    private long bufferBytes;
    private long bufferNanos;
    private long periodBytes;
    /** A driver that has not reacted for this long stands still. */
    private long standsNanos;

    /** Bytes of data made available since the last PREPARE, and those of them that are done. */
    private long arrivedBytes;

    private long completedBytes;
    /** Bytes completed when the driver was last seen standing still, or when a message went without a sign from it. */
    private long doubtedBytes;

    /** What the driver has not been seen to react to, and since when. */
    private long mark = MessageCompleter.NOTHING_TO_REACT_TO;

    private long unseenNanos;
    /** When the latest message was completed. */
    private long completedNanos;

    /** Whether a message was completed after the latest was made available. */
    private boolean completedSince;
    /** Whether the driver had its time to look, sent nothing, and its last message was completed after all. */
    private boolean waitedInVain;
    /** Whether the driver sends nothing before all is done: to wait for its next message only makes it late. */
    private boolean sendsWhenAllIsDone;

    /** Bytes made available when it had not reacted first. */
    private long unseenArrivedBytes;
    /** Whether the driver looks without moving used_event, as it may if it wants no interrupts: reactions do not show. */
    private boolean looksUnseen;

    private @Nullable PcmMessage held;
    private int status;
    private long latencyBytes;
    private long dataBytes;
    private long heldNanos;
    private boolean settling;

    /** @param afterwards called when a kept message has been completed because its time had come */
    LastMessageHold(ScheduledTasks thread, MessageCompleter completer, Runnable afterwards) {
        this.thread = thread;
        this.completer = completer;
        this.afterwards = afterwards;
        this.timer = thread.timer(this::look);
    }

    /** PREPARE: the driver counts from its buffer's beginning. Messages made available before stay. */
    void open(StreamParams set) {
        bufferBytes = set.bufferBytes();
        periodBytes = set.periodBytes();
        bufferNanos = bufferBytes / set.frameBytes() * NANOS_PER_SECOND / set.rateHz();
        standsNanos = periodBytes / set.frameBytes() * NANOS_PER_SECOND / set.rateHz() / 2;
        arrivedBytes -= completedBytes;
        unseenArrivedBytes = arrivedBytes;
        completedBytes = 0;
        doubtedBytes = -bufferBytes;
        completedNanos = thread.nanoTime();
        completedSince = false;
        waitedInVain = false;
        sendsWhenAllIsDone = false;
    }

    /** A message was made available. The driver has seen more than the message that is kept, which goes. */
    void arrived(long bytes) {
        if (completedSince) {
            boolean inFlight = arrivedBytes > completedBytes;
            sendsWhenAllIsDone = !inFlight && (sendsWhenAllIsDone || waitedInVain);
        }
        completedSince = false;
        waitedInVain = false;
        arrivedBytes += bytes;
        if (arrivedBytes - unseenArrivedBytes >= 2 * bufferBytes && !completer.reactedTo(mark)) {
            looksUnseen = true; // it sends on and on for what was completed
        }
        if (held == null) {
            timer.cancel();
        } else {
            release();
        }
    }

    /**
     * Completes a message as {@link MessageCompleter#complete}, or keeps it; a message kept before goes first.
     *
     * @param last whether the driver has nothing else in flight, though it could
     */
    void complete(PcmMessage message, int withStatus, long withLatencyBytes, long withDataBytes, boolean last) {
        release();
        long nowNanos = thread.nanoTime();
        // If it is the last one, no other came after it.
        boolean isNewer = !completedSince || message.arrivalNanos > completedNanos;
        boolean inTime = reacted() && trusted() && (isNewer || nowNanos - completedNanos >= standsNanos);
        boolean looked = inTime && (isNewer || nowNanos - message.arrivalNanos >= lookNanos());
        boolean mayBeOneTooMany = last && arrivedBytes >= bufferBytes && completer.takesMore();
        if (looked || !mayBeOneTooMany) {
            give(message, withStatus, withLatencyBytes, withDataBytes);
            if (!last && arrivedBytes >= bufferBytes && arrivedBytes - completedBytes <= periodBytes) {
                timer.arm(nowNanos + standsNanos); // the next one is the last: is the driver still there?
            }
            return;
        }
        held = message;
        status = withStatus;
        latencyBytes = withLatencyBytes;
        dataBytes = withDataBytes;
        heldNanos = nowNanos;
        settling = inTime;
        if (inTime) {
            timer.arm(message.arrivalNanos + lookNanos());
        } else {
            look();
        }
    }

    /**
     * When the driver's last message in flight is due.
     *
     * @param endNanos when its last frame is consumed
     */
    long lastDueNanos(PcmMessage message, long endNanos) {
        long lookNanos = lookNanos();
        if (lookNanos == 0 || arrivedBytes < bufferBytes || !trusted()) {
            return endNanos;
        }
        long earlyNanos = endNanos - Math.min(END_LEAD_NANOS, standsNanos);
        return Math.min(endNanos, Math.max(earlyNanos, message.arrivalNanos + lookNanos));
    }

    /** Whether a message is kept. */
    boolean holds() {
        return held != null;
    }

    /** Whether a message is kept only so that a driver that is trusted can look. */
    boolean waitsForALook() {
        return held != null && settling && trusted();
    }

    /** Whether the driver has handled all that was completed; if it has not for too long, it is no longer trusted. */
    private boolean reacted() {
        boolean shown = completer.reactedTo(mark);
        if (shown && mark != MessageCompleter.NOTHING_TO_REACT_TO) {
            looksUnseen = false;
        }
        boolean reacted = looksUnseen || shown;
        if (reacted) {
            mark = MessageCompleter.NOTHING_TO_REACT_TO;
        } else if (thread.nanoTime() - unseenNanos >= standsNanos) {
            doubtedBytes = completedBytes;
        }
        return reacted;
    }

    /**
     * How long after its last message a driver that is trusted is given to look. Nothing is known of one without
     * VIRTIO_F_EVENT_IDX, which may well look at the ring and not be interrupted at all.
     */
    private long lookNanos() {
        if (sendsWhenAllIsDone || looksUnseen || !completer.reactionsShow()) {
            return 0;
        }
        return bufferNanos < LONG_BUFFER_NANOS ? LOOK_NANOS : LOOK_IN_LONG_BUFFER_NANOS;
    }

    /** Whether the driver, since it was last seen standing still, has made a message available that shows a look. */
    private boolean trusted() {
        return arrivedBytes - bufferBytes >= doubtedBytes;
    }

    private void look() {
        boolean reacted = reacted();
        PcmMessage message = held;
        if (message == null) {
            return;
        }
        long nowNanos = thread.nanoTime();
        if (settling) {
            release();
            waitedInVain = trusted();
            doubtedBytes = trusted() ? doubtedBytes : completedBytes;
            afterwards.run();
        } else if (reacted) {
            settling = true;
            long settledNanos = nowNanos + (trusted() ? standsNanos : LONGEST_SETTLING_NANOS);
            timer.arm(Math.max(settledNanos, message.arrivalNanos + lookNanos()));
        } else {
            timer.arm(nowNanos + LOOK_AGAIN_NANOS);
        }
    }

    private void give(PcmMessage message, int withStatus, long withLatencyBytes, long withDataBytes) {
        completedBytes += message.dataBytes;
        // A message that was kept goes when the next one comes: the driver may well have reacted, and nobody have
        // looked.
        boolean reacted = mark == MessageCompleter.NOTHING_TO_REACT_TO || completer.reactedTo(mark);
        completer.complete(message, withStatus, withLatencyBytes, withDataBytes);
        completedNanos = thread.nanoTime();
        if (reacted) {
            unseenNanos = completedNanos;
            unseenArrivedBytes = arrivedBytes;
        }
        mark = completer.mark();
        completedSince = true;
    }

    /** Completes the kept message now. */
    void release() {
        timer.cancel();
        PcmMessage message = held;
        if (message != null) {
            held = null;
            give(message, status, latencyBytes, dataBytes);
        }
    }

    /** The messages are no longer ours: the kept one, and those that the stream has. */
    void forget(MessagePool pool) {
        timer.cancel();
        PcmMessage message = held;
        if (message != null) {
            held = null;
            pool.give(message);
        }
        looksUnseen = false;
        nothingInFlight();
    }

    /** All messages went back without being played or recorded. */
    void nothingInFlight() {
        arrivedBytes = completedBytes;
        mark = MessageCompleter.NOTHING_TO_REACT_TO;
    }

    void save(SnapshotWriter out) {
        out.i64(arrivedBytes).i64(completedBytes).i64(doubtedBytes);
        boolean unseen = mark == completer.mark();
        out.bool(unseen);
        if (unseen) {
            out.nanos(unseenNanos);
        }
        out.nanos(completedNanos);
        out.i64(unseenArrivedBytes)
                .bool(completedSince)
                .bool(waitedInVain)
                .bool(sendsWhenAllIsDone)
                .bool(looksUnseen);
        PcmMessage message = held;
        out.bool(message != null);
        if (message != null) {
            message.save(out);
            out.bool(status == VirtioSnd.VIRTIO_SND_S_OK).i64(latencyBytes).i64(dataBytes);
            out.nanos(heldNanos).bool(settling);
        }
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it once the stream is open. */
    Runnable load(SavedStream from) throws SnapshotException {
        SnapshotReader in = from.in();
        long mostBytes = from.mostFrames() * from.params().frameBytes();
        long arrived = in.i64("the bytes made available", 0, mostBytes);
        long completed = in.i64("the bytes completed", 0, arrived);
        long doubted = in.i64(
                "the bytes completed to a driver that stood", -from.params().bufferBytes(), completed);
        boolean unseen = in.bool("the driver has not been seen to react");
        long since = unseen ? in.past("since when it has not") : 0;
        long latest = in.past("the latest completion");
        long unseenArrived = in.i64("the bytes made available before", 0, mostBytes);
        boolean completesLast = in.bool("a message was completed since");
        boolean inVain = in.bool("the driver's last message waited in vain");
        boolean sendsLate = in.bool("the driver sends when all is done");
        boolean looks = in.bool("the driver looks unseen");
        Runnable kept = loadHeld(from);
        return () -> {
            arrivedBytes = arrived;
            completedBytes = completed;
            doubtedBytes = doubted;
            mark = unseen ? completer.mark() : MessageCompleter.NOTHING_TO_REACT_TO;
            unseenNanos = since;
            completedNanos = latest;
            unseenArrivedBytes = unseenArrived;
            completedSince = completesLast;
            waitedInVain = inVain;
            sendsWhenAllIsDone = sendsLate;
            looksUnseen = looks;
            kept.run();
        };
    }

    private Runnable loadHeld(SavedStream from) throws SnapshotException {
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
        boolean settles = in.bool("the driver may still have to look");
        return () -> {
            held = message;
            status = good ? VirtioSnd.VIRTIO_SND_S_OK : VirtioSnd.VIRTIO_SND_S_IO_ERR;
            latencyBytes = latency;
            dataBytes = data;
            heldNanos = since;
            settling = settles;
        };
    }

    /** After a restore: makes sure that a kept message goes, whatever the snapshot says of the timer. */
    void ensureTimer() {
        if (held != null) {
            timer.armNoLaterThan(thread.nanoTime() + LONGEST_SETTLING_NANOS);
        }
    }
}
