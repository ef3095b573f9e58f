// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.HostVolume;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.frames.NumberedRing;

/**
 * The device thread's side of a {@link LiveCapture}. Frames are found by their number: the device's frame {@code f} is
 * the host's frame {@code f + base}, so frames that the host loses or delivers late do not shift others. The base is
 * set so that a frame is read the granted latency after it was captured. When frames come later than that, the latency
 * grows by the difference, and when it has not been needed for a while ({@link SpareFrames}), it can be taken back.
 *
 * <p>The host records in <em>stretches</em>: between two of them it stood still, was away or lost frames, so that the next
 * one has its own base. What is left of the previous stretch is still read in its place.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // each field has one writer
final class LiveSource implements AudioSource {
    private enum Mode {
        PREPARED,
        RUNNING,
        PAUSED,
        CLOSED
    }

    private static final long UNKNOWN = Long.MIN_VALUE;
    /** The latency is not raised beyond this, unless more was granted. */
    private static final long LONGEST_LATENCY_NANOS = 200_000_000L;
    /** If there is nothing to record, the host's device is closed after this time. */
    static final long LINGER_NANOS = 5_000_000_000L;

    private final PcmParams params;
    private final FrameClock clock;
    private final NumberedRing ring;
    private final PositionReports reports;
    private final Runnable wake;
    private final Predicate<HostVolume> volumeTie;
    private final LongSupplier nanoTime;
    private final HostPosition hostPosition = new HostPosition();

    // by the device thread, the time before the mode
    private volatile long modeNanos;
    private volatile Mode mode = Mode.PREPARED;

    // by the audio thread
    private volatile long grantedFrames;
    private volatile long openings;
    private volatile long stretchFrame; // the host's number of its first frame
    private volatile long stretch;

    // the device thread's
    private final SpareFrames spare;
    private long nextFrame; // the device's number of the next frame to read
    private long base = UNKNOWN;
    private boolean followsChoice;
    private boolean placed; // the base has been known
    private long baseStretch;
    private long baseOpening;
    private long raisedFrames; // of latency, beyond the granted one
    private long missingFrom = UNKNOWN; // the host's number of a frame that was late, if it may still come

    /** @param volumeTie as {@link AudioSource#tie} */
    LiveSource(
            PcmParams params,
            NumberedRing ring,
            PositionReports reports,
            Runnable wake,
            Predicate<HostVolume> volumeTie,
            LongSupplier nanoTime) {
        this.volumeTie = volumeTie;
        this.params = params;
        this.ring = ring;
        this.reports = reports;
        this.wake = wake;
        this.nanoTime = nanoTime;
        clock = new FrameClock(params.rateHz());
        spare = new SpareFrames(params.rateHz());
        grantedFrames = params.targetFrames();
        modeNanos = nanoTime.getAsLong();
    }

    // audio thread

    HostState wanted(long nowNanos) {
        return switch (mode) {
            case RUNNING -> HostState.RUN;
            case PREPARED, PAUSED -> nowNanos - modeNanos < LINGER_NANOS ? HostState.HOLD : HostState.REST;
            case CLOSED -> HostState.CLOSE;
        };
    }

    void granted(long frames) {
        grantedFrames = Math.max(frames, params.targetFrames());
        openings++;
    }

    /** A stretch begins with this frame of the host. */
    void begin(long hostFrame) {
        stretchFrame = hostFrame;
        stretch++;
    }

    void position(long hostFrame, long nanos) {
        hostPosition.set(stretch, hostFrame, nanos);
        reports.publish(PositionReports.Kind.POSITION, hostFrame, nanos);
    }

    // device thread

    @Override
    public boolean tie(HostVolume volume) {
        return volumeTie.test(volume);
    }

    void followChoice() {
        followsChoice = true;
    }

    @Override
    public boolean followsChoice() {
        return followsChoice;
    }

    @Override
    public long latencyFrames() {
        return grantedFrames + raisedFrames;
    }

    @Override
    public void start() {
        command(Mode.RUNNING);
    }

    @Override
    public void pause() {
        command(Mode.PAUSED);
    }

    @Override
    public void close() {
        if (mode != Mode.CLOSED) {
            command(Mode.CLOSED);
            ring.leave();
        }
    }

    private void command(Mode next) {
        modeNanos = nanoTime.getAsLong();
        mode = next;
        wake.run();
    }

    @Override
    public int read(ByteBuffer dst, long dueFrames) {
        int frames = dst.remaining() / params.frameBytes();
        int limit = dst.limit();
        int end = dst.position() + frames * params.frameBytes();
        long clockFrame = nextFrame + dueFrames;
        ring.look();
        long leftFrames = frames;
        if (outlived()) {
            long oldFrames = Math.min(frames, stretchFrame - (nextFrame + base));
            take(dst, (int) oldFrames);
            leftFrames -= oldFrames;
        }
        if (leftFrames > 0 && findPlace(clockFrame)) {
            waitForTheLate();
            spare.seen(ring.endNumber() - (clockFrame + base), raisedFrames, nanoTime.getAsLong());
            take(dst, (int) leftFrames);
            leftFrames = 0;
        }
        nextFrame += leftFrames;
        dst.limit(end);
        params.format().fillSilence(dst);
        dst.limit(limit);
        return frames;
    }

    @Override
    public void skip(long frames, long dueFrames) {
        long clockFrame = nextFrame + dueFrames;
        nextFrame += frames;
        missingFrom = UNKNOWN;
        ring.look();
        if (outlived() || findPlace(clockFrame)) {
            ring.skipTo(nextFrame + base);
        }
    }

    @Override
    public long takeSpareFrames() {
        long frames = Math.min(spare.take(), raisedFrames);
        raisedFrames -= frames;
        reports.advance(frames);
        return frames;
    }

    @Override
    public PositionReports reports() {
        return placed ? reports : PositionReports.NONE;
    }

    /** Puts frames from the next on, with silence in place of missing ones. */
    private void take(ByteBuffer dst, int frames) {
        int end = dst.position() + frames * params.frameBytes();
        long hostFrame = nextFrame + base;
        ring.skipTo(hostFrame);
        long lostFrames = Math.max(0, Math.min(frames, ring.firstNumber() - hostFrame));
        dst.limit(dst.position() + (int) lostFrames * params.frameBytes());
        params.format().fillSilence(dst);
        dst.limit(end);
        ring.read(dst);
        nextFrame += frames;
        long missingFrames = dst.remaining() / params.frameBytes();
        if (missingFrames > 0 && missingFrom == UNKNOWN) {
            missingFrom = nextFrame + base - missingFrames;
        }
        params.format().fillSilence(dst);
    }

    /** If missing frames have come by now, every frame is read that much later from here on, and none is lost. */
    private void waitForTheLate() {
        if (missingFrom == UNKNOWN) {
            return;
        }
        ring.skipTo(missingFrom);
        if (ring.endNumber() <= missingFrom) {
            return;
        }
        long lateFrames = nextFrame + base - Math.max(missingFrom, ring.firstNumber());
        long mostFrames = Math.max(clock.framesIn(LONGEST_LATENCY_NANOS), 2 * params.targetFrames());
        if (lateFrames > 0 && latencyFrames() + lateFrames <= mostFrames) {
            base -= lateFrames;
            raisedFrames += lateFrames;
            spare.raised(nanoTime.getAsLong());
        }
        missingFrom = UNKNOWN;
    }

    /** Whether the host is already in another stretch, while the next frame belongs to the one before. */
    private boolean outlived() {
        return base != UNKNOWN && baseStretch != stretch && nextFrame + base < stretchFrame;
    }

    /** Whether it is known which of the host's frames is next. */
    private boolean findPlace(long clockFrame) {
        long current = stretch;
        if (baseStretch != current) {
            baseStretch = current;
            base = UNKNOWN;
            reports.suspend();
            missingFrom = UNKNOWN;
        }
        if (base == UNKNOWN) {
            long nowNanos = nanoTime.getAsLong();
            long airFrame = hostPosition.framesAt(nowNanos, current, clock, UNKNOWN);
            if (airFrame == UNKNOWN) {
                return false;
            }
            if (baseOpening != openings) {
                baseOpening = openings;
                raisedFrames = 0;
            }
            spare.begin(nowNanos);
            base = airFrame - latencyFrames() - clockFrame;
            if (placed) {
                reports.resumeAt(base + latencyFrames());
            } else {
                placed = true;
                reports.startAt(base + latencyFrames());
            }
        }
        return true;
    }
}
