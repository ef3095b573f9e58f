// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.LivePlayback;
import org.vsnd.audio.live.LiveStream;

/**
 * One stream of the back end as both threads see it: the main loop's thread steps it until it is no longer wanted; the
 * device thread may take a lingering playback stream over before that.
 */
final class BackendStream {
    private static final long LAST_NANOS = 200_000_000;

    private final String name;
    private final LiveStream live;
    private final @Nullable LivePlayback playback;
    private final @Nullable PulseStream host;
    private volatile boolean givenUp;

    /** @param host null for a format that the server does not support */
    BackendStream(String name, LiveStream live, @Nullable PulseStream host) {
        this.name = name;
        this.live = live;
        this.host = host;
        playback = live instanceof LivePlayback plays ? plays : null;
    }

    /**
     * Any thread: whether this is a playback stream of that name, of the card with that budget, which is no longer in
     * use and which may be taken over.
     */
    boolean lingers(String wantedName, AudioBudget card) {
        return !givenUp
                && playback != null
                && name.equals(wantedName)
                && playback.params().budget() == card
                && playback.isClosed()
                && !done();
    }

    /** Any thread: whether it is a playback stream of that layout. */
    boolean isLike(PcmParams wantedParams) {
        return playback != null && playback.params().equals(wantedParams);
    }

    /** Any thread: how much the next sink of a playback stream would have to wait for. */
    long heldFrames() {
        return playback == null ? 0 : playback.heldFrames();
    }

    /** The stream's next sink, if the stream still lives. One thread at a time, as for {@link #giveUp}. */
    @Nullable
    AudioSink takeOver() {
        return playback == null || givenUp ? null : playback.takeUp();
    }

    /** Gives up a stream that lingers, even if it still has something to play. */
    void giveUp() {
        givenUp = true;
    }

    /** Main loop's thread. */
    long step(long nowNanos) {
        if (givenUp || live.isOver(nowNanos)) {
            release();
            return PulseStream.NEVER;
        }
        if (host == null) { // silence at nominal pace
            live.lost(nowNanos);
            live.idle(nowNanos);
            return nowNanos + PulseStream.IDLE_NANOS;
        }
        return host.step(nowNanos);
    }

    /** Any thread: whether it is no longer wanted. */
    boolean done() {
        return live.hasEnded();
    }

    /** Longest time to play what is left. */
    long leftNanos() {
        if (playback == null) {
            return 0;
        }
        PcmParams params = playback.params();
        return new FrameClock(params.rateHz()).nanosOf(params.targetFrames()) + LAST_NANOS;
    }

    /** Main loop's thread: frees the server's stream and the memory. */
    void release() {
        if (host != null) {
            host.release();
        }
        live.end();
    }
}
