// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * The place of a playback stream in time: the frames given to its sink, when the next one is due, and which are heard.
 * The clock shows {@code consumed(t)}, how far the host must have been fed; {@code audible(t) = consumed(t) - target}
 * is heard.
 *
 * <p>All places are counted in frames written to the sink since it was opened, so nothing is ever rounded twice. Device thread
 * only; allocates nothing while the stream runs.
 */
final class PlaybackPace {
    private enum State {
        /** Nothing has been played since the sink was opened: the clock has no place. */
        UNUSED,
        /** The clock is not used: the stream has ended, or the guest has let it run dry. */
        IDLE,
        /** The clock runs from where it was placed; the host has not yet reported what it plays after that. */
        ASSUMED,
        /** The clock runs, and the host's reports steer it. */
        STEERED,
        /** STOP with messages pending: START continues where the clock stood. */
        PAUSED
    }

    /** A raised latency falls by this much at a time... */
    private static final long COME_DOWN_NANOS = 1_000_000;
    /** ...and no more often than this: the guest's clock is a twentieth slow meanwhile. */
    private static final long COME_DOWN_PAUSE_NANOS = 20_000_000;
    /** The loop handles smaller differences. */
    private static final long MISPLACED_NANOS = 1_000_000;

    private State state = State.UNUSED;
    private StreamClock clock = new StreamClock(48000);
    /** The clock that is shown to the guest. */
    private ApproachedClock shown = new ApproachedClock(clock);

    private long targetFrames;
    private long writtenFrames;
    /** The place at which a sink took over from another one, from which it counts. */
    private long openedFrame;
    /** The first frame after the clock was placed; the host's reports before it say nothing. */
    private long placedFrame;

    private long pausedFrame;
    private long cameDownNanos;

    PlaybackPace(long nowNanos) {
        cameDownNanos = nowNanos;
    }

    /** A sink was opened for a stream with this rate; its first frame is number 0. */
    void open(int rateHz) {
        clock = new StreamClock(rateHz);
        shown = new ApproachedClock(clock);
    }

    /** The sink was closed. */
    void close() {
        state = State.UNUSED;
        writtenFrames = 0;
        openedFrame = 0;
    }

    /** Whether something plays, or has just played. */
    boolean runs() {
        return state == State.ASSUMED || state == State.STEERED;
    }

    boolean paused() {
        return state == State.PAUSED;
    }

    /** Whether something has been played since the sink was opened: a new place leaves a gap. */
    boolean hasPlayed() {
        return state != State.UNUSED;
    }

    /** The clock that the stream uses; null if it has played nothing since its sink was opened. */
    @Nullable
    StreamClock clock() {
        return hasPlayed() ? clock : null;
    }

    /** Frames of the nominal rate in a span of time, rounded down. */
    long framesIn(long nanos) {
        return clock.framesIn(nanos);
    }

    /** When the host must have been fed this many frames, by the clock shown to the guest. */
    long nanosAt(long frames) {
        return shown.nanosAt(frames);
    }

    /** The place that is heard at a time. */
    long audibleFrame(long nanos) {
        return clock.framesAt(nanos) - targetFrames;
    }

    /** How long after {@link #nanosAt} a frame is heard. */
    long targetFrames() {
        return targetFrames;
    }

    /** Sets this delay from the sink, when it begins. */
    void setTargetFrames(long frames) {
        targetFrames = frames;
    }

    /** The place of the next frame that is written. */
    long writtenFrames() {
        return writtenFrames;
    }

    /** This many frames were written. */
    void wrote(long frames) {
        writtenFrames += frames;
    }

    /** Frames that are missing by now because the clock was not used, at least 0. */
    long missingFrames(long nowNanos) {
        return Math.max(0, shown.framesAt(nowNanos) - writtenFrames);
    }

    /**
     * Places the clock so that the next frame written is due now, but never before the frames that are still being
     * played.
     *
     * @param heldFrames that this sink, or one before it, has not played yet
     * @return when it is due
     */
    long start(long nowNanos, long heldFrames) {
        long startNanos = nowNanos + clock.nanosOf(heldFrames);
        if (hasPlayed()) {
            startNanos = Math.max(startNanos, shown.nanosAt(writtenFrames));
        }
        shown.start(startNanos, writtenFrames);
        placedFrame = writtenFrames;
        state = State.ASSUMED;
        return startNanos;
    }

    /** The clock is no longer used. */
    void end() {
        if (runs()) {
            state = State.IDLE;
        }
    }

    /** The clock stands still from now on. */
    void pause(long nowNanos) {
        pausedFrame = shown.framesAt(nowNanos);
        state = State.PAUSED;
    }

    /** The clock continues where it stood. */
    void resume(long nowNanos) {
        shown.start(nowNanos, pausedFrame);
        placedFrame = pausedFrame - targetFrames;
        state = State.ASSUMED;
    }

    /**
     * The host reports its position. The first report after the clock was placed moves it to where the host is: opening
     * took time, or the host ran dry. Later reports steer it.
     *
     * @param frames played, as this sink counts
     * @param nanos when
     * @param leastFrames the target of the sink
     */
    void played(long frames, long nanos, long leastFrames, long nowNanos) {
        long frame = openedFrame + frames;
        if (!runs() || frame <= placedFrame || frame > writtenFrames) {
            return; // a host cannot have played frames that it was not given
        }
        if (state == State.ASSUMED) {
            long place = frame + leastFrames;
            if (!clock.believes(place, nanos)) {
                return;
            }
            targetFrames = leastFrames;
            state = State.STEERED;
            if (Math.abs(clock.ahead(place, nanos)) > clock.framesIn(MISPLACED_NANOS)) {
                shown.place(nanos, place, nowNanos);
                return;
            }
        }
        clock.report(frame + targetFrames, nanos);
        if (leastFrames < targetFrames) {
            comeDown(leastFrames, nowNanos);
        }
    }

    /** The host needs less than before: the device hands over gradually later, until it matches. */
    private void comeDown(long leastFrames, long nowNanos) {
        if (nowNanos - cameDownNanos < COME_DOWN_PAUSE_NANOS) {
            return;
        }
        cameDownNanos = nowNanos;
        long step = Math.min(targetFrames - leastFrames, clock.framesIn(COME_DOWN_NANOS));
        targetFrames -= step;
        shown.place(nowNanos, clock.framesAt(nowNanos) - step, nowNanos);
    }

    /**
     * The host ran dry: its reports of later frames place the clock anew.
     *
     * @param frames played until then, as this sink counts
     * @return whether this was heard
     */
    boolean failed(long frames) {
        if (!runs()) {
            return false;
        }
        state = State.ASSUMED;
        placedFrame = Math.max(placedFrame, openedFrame + frames);
        return true;
    }

    /** The host is gone: the clock goes on without it. */
    void lost(long nanos) {
        shown.lost(nanos);
    }

    /**
     * A live sink takes over. It knows nothing of the frames of the one before it, and counts from its own beginning.
     *
     * @param mostFrames that may be missing
     * @return frames written before that are not yet due, which must be written again as silence
     */
    long takeOver(long nowNanos, long mostFrames) {
        long lostFrames = 0;
        if (runs() || paused()) {
            long fedFrames = paused() ? pausedFrame : clock.framesAt(nowNanos);
            lostFrames = Math.max(0, Math.min(writtenFrames - fedFrames, mostFrames));
        }
        writtenFrames -= lostFrames;
        openedFrame = writtenFrames;
        placedFrame = writtenFrames;
        if (runs()) {
            state = State.ASSUMED;
        }
        return lostFrames;
    }

    /** Writes its place. */
    void save(SnapshotWriter out) {
        out.i64(writtenFrames).bool(hasPlayed());
        if (hasPlayed()) {
            out.bool(runs()).bool(paused()).i64(pausedFrame);
            shown.save(out);
        }
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param handed messages that the sink has
     * @param pending messages that it does not have
     * @return restores the place; a sink is then open, and has no frames
     */
    Runnable load(SavedStream from, List<PcmMessage> handed, List<PcmMessage> pending) throws SnapshotException {
        SnapshotReader in = from.in();
        long written = from.frames("the frames written");
        for (PcmMessage message : handed) {
            in.require(message.endFrame <= written, "a message ends behind all that was written");
        }
        boolean played = in.bool("played before");
        boolean runs = played && in.bool("the clock runs");
        boolean stands = played && in.bool("the clock stands");
        in.require(!runs || from.state() == StreamState.STARTED, "the clock runs in state " + from.state());
        in.require(!stands || from.state() == StreamState.STOPPED, "the clock stands in state " + from.state());
        in.require(handed.isEmpty() || runs || stands, "messages are with the sink and there is no clock");
        boolean idle = from.state() != StreamState.STARTED || pending.isEmpty();
        in.require(idle || runs, "messages wait for a clock that does not run");
        if (!played) {
            return () -> writtenFrames = written;
        }
        long stood = from.place("where the clock stands");
        StreamClock saved = from.clock();
        long fedFrames = stands ? stood : saved.framesAt(in.nowNanos());
        long mostFrames = StreamParams.BUFFER_BYTES_MAX / from.params().frameBytes()
                + from.params().rateHz();
        in.require(written - fedFrames <= mostFrames, "more was written than a message ahead");
        return () -> {
            writtenFrames = written;
            state = runs ? State.ASSUMED : stands ? State.PAUSED : State.IDLE;
            pausedFrame = stood;
            clock = saved;
            shown = new ApproachedClock(saved);
        };
    }
}
