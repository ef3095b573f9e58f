// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.Playout;
import org.vsnd.audio.live.Recording;

/**
 * One stream of the back end as both threads see it: the main loop's thread steps it until it is no longer wanted; the
 * device thread may take a lingering playback stream over before that.
 */
final class BackendStream {
    private static final long LAST_NANOS = 200_000_000;

    private enum Claim {
        LIVE,
        /** Claimed by the device thread, for an instant. */
        TAKEN,
        DEAD
    }

    private final EngineSide side;
    private final @Nullable PulseStream stream;
    private final long leftNanos;
    private final @Nullable Playout playout;
    private final Runnable close;
    private final String name;
    private volatile boolean givenUp;
    private final AtomicReference<Claim> claim = new AtomicReference<>(Claim.LIVE);

    private BackendStream(
            String name,
            EngineSide side,
            @Nullable PulseStream stream,
            @Nullable Playout playout,
            Runnable close,
            long leftNanos) {
        this.name = name;
        this.side = side;
        this.stream = stream;
        this.playout = playout;
        this.close = close;
        this.leftNanos = leftNanos;
    }

    /** For playback. {@code stream} is null for a format that the server does not support. */
    static BackendStream playing(String name, Playout playout, EngineSide side, @Nullable PulseStream stream) {
        long targetNanos = new FrameClock(playout.params().rateHz())
                .nanosOf(playout.params().targetFrames());
        return new BackendStream(name, side, stream, playout, playout::close, targetNanos + LAST_NANOS);
    }

    /** For recording. {@code stream} is null for a format that the server does not support. */
    static BackendStream recording(String name, Recording recording, EngineSide side, @Nullable PulseStream stream) {
        return new BackendStream(name, side, stream, null, recording::close, 0);
    }

    /**
     * Any thread: whether this is a playback stream of that name, of the card with that budget, which is no longer in
     * use and which may be taken over.
     */
    boolean lingers(String wantedName, AudioBudget card) {
        return !givenUp
                && playout != null
                && name.equals(wantedName)
                && playout.params().budget() == card
                && playout.isClosed()
                && !done();
    }

    /** Any thread: whether it is a playback stream of that layout. */
    boolean isLike(PcmParams wantedParams) {
        return playout != null && playout.params().equals(wantedParams);
    }

    /** Any thread: how much the next sink of a playback stream would have to wait for. */
    long heldFrames() {
        return playout == null ? 0 : playout.heldFrames();
    }

    /** The stream's next sink, if the stream still lives. One thread at a time. */
    @Nullable
    AudioSink takeOver() {
        if (playout == null || !claim.compareAndSet(Claim.LIVE, Claim.TAKEN)) {
            return null;
        }
        AudioSink sink = givenUp ? null : playout.sink();
        claim.set(Claim.LIVE);
        return sink;
    }

    /** Any thread: gives up a stream that lingers, even if it still has something to play. */
    void giveUp() {
        givenUp = true;
    }

    /** Main loop's thread. */
    long step(long nowNanos) {
        if (isOver(nowNanos) && claim.compareAndSet(Claim.LIVE, Claim.DEAD)) {
            if (isOver(nowNanos)) {
                release();
                return PulseStream.NEVER;
            }
            claim.set(Claim.LIVE); // it was taken over a moment before
        }
        if (stream == null) {
            side.idle(nowNanos);
            return nowNanos + PulseStream.IDLE_NANOS;
        }
        return stream.step(nowNanos);
    }

    private boolean isOver(long nowNanos) {
        return givenUp || side.wanted(nowNanos) == HostState.CLOSE;
    }

    /** Any thread: marks it as no longer wanted. */
    boolean done() {
        return claim.get() == Claim.DEAD;
    }

    /** Longest time to play what is left. */
    long leftNanos() {
        return leftNanos;
    }

    /** Main loop's thread: frees the server's stream and the memory. */
    void release() {
        if (stream != null) {
            stream.release();
        }
        if (claim.getAndSet(Claim.DEAD)
                != Claim.TAKEN) { // otherwise the loop is just ending, and a stream that is taken over leads nowhere
            close.run();
        }
    }
}
