// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostSide;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.RealtimePriority;

/**
 * The common part of playing on a PCM and recording from one: it is started, moves frames by its own clock or, if it
 * has none, at nominal pace by ours, and is paused. Audio thread only; methods that return an {@code int} return a
 * negative error number when the PCM can no longer be used.
 */
abstract class AlsaSide implements HostSide<AlsaPcm> {
    static final Logger LOG = System.getLogger(AlsaBackend.class.getName());

    private static final int CHUNKS_PER_SECOND = 50;
    /** The audio thread may be late by this much. */
    private static final int MARGINS_PER_SECOND = 500;

    private static final long ROUND_NANOS = 20_000_000L;
    private static final long MIN_NAP_NANOS = 1_000_000L;
    private static final long SUSPENDED_NANOS = 100_000_000L;
    /** A PCM that could move frames but moves none for this long is taken for lost. */
    private static final long STALL_NANOS = 700_000_000L;
    /** Just below the device thread, which has less to do and less time for it. */
    private static final int REALTIME_PRIORITY = 45;

    final PcmParams params;
    final NativeBuffer chunk;

    PcmPace pace = PcmPace.UNKNOWN;
    boolean running; // started, and not stopped by an under-run or an over-run
    long startedNanos;
    long movedNanos; // when the PCM last moved frames
    long ownNanos; // when our clock began, for a PCM that has none
    boolean waiting; // for the PCM
    long untilNanos;

    private final FrameClock clock;
    private final SteadyPositions steady;
    private boolean standing; // held
    private boolean paused; // the PCM itself
    private long heldNanos;
    private long reportedFrame; // the last position reported

    AlsaSide(PcmParams params) {
        this.params = params;
        clock = new FrameClock(params.rateHz());
        steady = new SteadyPositions(params.rateHz());
        chunk = new NativeBuffer(params.frameBytes() * Math.max(1, params.rateHz() / CHUNKS_PER_SECOND));
    }

    /** Moves the frames that can be moved. */
    abstract int move(AlsaPcm pcm, long nowNanos);

    /** Stops it at once and makes it ready to start, since it cannot pause and keep what it holds. */
    abstract int empty(AlsaPcm pcm, long nowNanos);

    /** Restarts it after an error. */
    abstract int recover(AlsaPcm pcm, int error, long nowNanos);

    /** Runs before every ordinary thread, if the system allows it; mostly this is not needed. */
    @Override
    public final void begin() {
        RealtimePriority.request(REALTIME_PRIORITY)
                .ifPresent(refusal -> LOG.log(Level.DEBUG, "no real-time priority: " + refusal));
    }

    @Override
    public final @Nullable String run(AlsaPcm pcm, long nowNanos) {
        untilNanos = nowNanos + ROUND_NANOS;
        int error = standing ? goOn(pcm, nowNanos) : 0;
        if (error == 0) {
            error = move(pcm, nowNanos);
        }
        return fault(error < 0 ? recover(pcm, error, nowNanos) : 0);
    }

    @Override
    public final @Nullable String hold(AlsaPcm pcm, long nowNanos) {
        waiting = false;
        untilNanos = nowNanos + ROUND_NANOS;
        return standing ? null : fault(stand(pcm, nowNanos));
    }

    @Override
    public final long untilNanos() {
        return untilNanos;
    }

    @Override
    public final boolean waitsForHost() {
        return waiting;
    }

    private static @Nullable String fault(int result) {
        return result < 0 ? LibAsound.snd_strerror(result) : null;
    }

    private int stand(AlsaPcm pcm, long nowNanos) {
        standing = true;
        heldNanos = nowNanos;
        if (!running || pace == PcmPace.OUR_CLOCK) {
            return 0;
        }
        if (pcm.grant().canPause() && pcm.pause(true) >= 0) {
            paused = true;
            return 0;
        }
        return empty(pcm, nowNanos);
    }

    private int goOn(AlsaPcm pcm, long nowNanos) {
        standing = false;
        ownNanos += nowNanos - heldNanos;
        startedNanos += nowNanos - heldNanos;
        movedNanos = nowNanos;
        if (!paused) {
            return 0;
        }
        paused = false;
        steady.restart();
        return pcm.pause(false) < 0 ? empty(pcm, nowNanos) : 0;
    }

    /** Starts anew for another PCM, which is not started. */
    final void reopened() {
        pace = PcmPace.UNKNOWN;
        running = false;
        standing = false;
        paused = false;
    }

    /** Positions begin anew. */
    final void restartPositions() {
        reportedFrame = Long.MIN_VALUE;
        steady.restart();
    }

    final int start(AlsaPcm pcm) {
        int error = pcm.start();
        if (error < 0) {
            return error;
        }
        running = true;
        startedNanos = System.nanoTime();
        movedNanos = startedNanos;
        return 0;
    }

    /** The PCM has no clock; ours starts. */
    final void takeOurClock(long fromNanos, String how) {
        pace = PcmPace.OUR_CLOCK;
        ownNanos = fromNanos;
        LOG.log(Level.INFO, "the PCM has no clock: it is " + how + " at nominal pace");
    }

    /** Frames that have passed by our clock. */
    final long ownFrames(long nowNanos) {
        return clock.framesIn(Math.max(0, nowNanos - ownNanos));
    }

    final long framesSinceStart(long nanos) {
        return clock.framesIn(Math.max(0, nanos - startedNanos));
    }

    /** By how much the audio thread may be late. */
    final long marginFrames() {
        return params.rateHz() / MARGINS_PER_SECOND;
    }

    /**
     * Whether a position by the PCM's own clock is worth reporting: it has moved, or the time would be wrong, and is
     * steady.
     */
    final boolean isNews(long frame, long nanos) {
        if (pace != PcmPace.ITS_CLOCK || frame == reportedFrame) {
            return false;
        }
        reportedFrame = frame;
        return steady.accept(frame, nanos);
    }

    final boolean isStalled(long nowNanos) {
        return nowNanos - movedNanos > STALL_NANOS;
    }

    /** How long to leave a PCM alone that claimed to be ready but was not. */
    final long napNanos(AlsaPcm pcm) {
        return Math.max(MIN_NAP_NANOS, pcm.grant().periodNanos(params.rateHz()) / 4);
    }

    /** The machine is just waking up. */
    final int waitForResume(long nowNanos) {
        waiting = false;
        untilNanos = nowNanos + SUSPENDED_NANOS;
        return 0;
    }
}
