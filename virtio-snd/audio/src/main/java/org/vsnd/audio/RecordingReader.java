package org.vsnd.audio;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * The device thread's side of a {@link Recording}. Frames are found by their number: frame {@code f} of the device's is
 * frame {@code f + base} of the host's, so what the host has lost or brings too late moves nothing. The base is set so that
 * a frame is read the granted latency after it was in the air; when that turns out too little, the latency grows.
 *
 * <p>The ring's contents go on without a gap within one <em>epoch</em>. The audio thread ends an epoch, the device thread
 * empties the ring, and only then does the audio thread begin to fill it again. Before the first {@link #start} the audio
 * thread empties it itself.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // each field has one writer at a time
final class RecordingReader implements AudioSource {
    private enum Mode {
        PREPARED,
        RUNNING,
        PAUSED,
        CLOSED
    }

    private static final long UNKNOWN = Long.MIN_VALUE;
    /** The latency is not raised beyond this, unless more was granted. */
    private static final long LONGEST_LATENCY_NANOS = 200_000_000L;

    private final PcmParams params;
    private final FrameClock clock;
    private final FrameRing ring;
    private final PositionReports reports;
    private final Runnable wake;
    private final LongSupplier nanoTime;
    private final HostPosition hostPosition = new HostPosition();

    private volatile Mode mode = Mode.PREPARED;
    private volatile long latencyFrames;

    // by the audio thread
    private volatile boolean handedOver; // from here on the device thread alone takes frames out of the ring
    private volatile long wantedEpoch;
    private volatile long filledEpoch = -1; // the ring holds frames of this epoch
    private volatile long epochFrame; // the host's number of the ring's first frame in that epoch

    // by the device thread
    private volatile long emptiedEpoch = -1;
    private long adoptedEpoch = -1;
    private long ringFrame; // the host's number of the next frame in the ring
    private long nextFrame; // the device's number of the next frame to be read
    private long base = UNKNOWN;
    private long shownFrame;

    RecordingReader(PcmParams params, FrameRing ring, PositionReports reports, Runnable wake, LongSupplier nanoTime) {
        this.params = params;
        this.ring = ring;
        this.reports = reports;
        this.wake = wake;
        this.nanoTime = nanoTime;
        clock = new FrameClock(params.rateHz());
        latencyFrames = params.targetFrames();
    }

    // audio thread

    HostState wanted() {
        handOver();
        return switch (mode) {
            case PREPARED, RUNNING -> HostState.RUN;
            case PAUSED -> HostState.HOLD;
            case CLOSED -> HostState.CLOSE;
        };
    }

    void granted(long frames) {
        latencyFrames = Math.max(frames, params.targetFrames());
        empty();
    }

    /** Ends the epoch. */
    void empty() {
        wantedEpoch++;
    }

    /** Whether the ring is empty and may be filled again. */
    boolean emptied() {
        if (handOver()) {
            return emptiedEpoch == wantedEpoch;
        }
        ring.skip(Long.MAX_VALUE);
        return true;
    }

    /** Begins an epoch with this frame of the host's. */
    void restart(long hostFrame) {
        epochFrame = hostFrame;
        filledEpoch = wantedEpoch;
    }

    /** Drops all but the newest frames, until the device thread does the reading. */
    void keepNewest(long frames) {
        if (!handOver() && filledEpoch == wantedEpoch) {
            epochFrame += ring.skip(ring.readableFrames() - frames);
        }
    }

    void position(long hostFrame, long nanos) {
        hostPosition.set(wantedEpoch, hostFrame, nanos);
        reports.publish(PositionReports.Kind.POSITION, hostFrame, nanos);
    }

    private boolean handOver() {
        if (!handedOver && mode != Mode.PREPARED) {
            handedOver = true;
        }
        return handedOver;
    }

    // device thread

    @Override
    public long latencyFrames() {
        return latencyFrames;
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
        mode = next;
        wake.run();
    }

    @Override
    public void clockShows(long frame) {
        shownFrame = frame;
    }

    @Override
    public int read(ByteBuffer dst) {
        int frames = dst.remaining() / params.frameBytes();
        int end = dst.position() + frames * params.frameBytes();
        int limit = dst.limit();
        if (findPlace()) {
            long lostFrames = Math.min(frames, ringFrame - (nextFrame + base));
            if (lostFrames > 0) {
                dst.limit(dst.position() + (int) lostFrames * params.frameBytes());
                params.format().fillSilence(dst);
            }
            dst.limit(end);
            skipTo(nextFrame + base);
            ringFrame += ring.read(dst);
            waitLonger((end - dst.position()) / params.frameBytes());
        }
        dst.limit(end);
        params.format().fillSilence(dst);
        dst.limit(limit);
        nextFrame += frames;
        return frames;
    }

    @Override
    public void skip(long frames) {
        nextFrame += frames;
        if (findPlace()) {
            skipTo(nextFrame + base);
        }
    }

    @Override
    public PositionReports reports() {
        return base == UNKNOWN ? PositionReports.NONE : reports;
    }

    /** So many frames had not arrived: from now on every frame is read that much later. */
    private void waitLonger(long missingFrames) {
        long mostFrames = clock.framesIn(LONGEST_LATENCY_NANOS);
        if (missingFrames > 0 && latencyFrames + missingFrames <= Math.max(mostFrames, 2 * params.targetFrames())) {
            base -= missingFrames;
            latencyFrames += missingFrames; // the audio thread writes it only when it opens
        }
    }

    private void skipTo(long hostFrame) {
        if (hostFrame > ringFrame) {
            ringFrame += ring.skip(hostFrame - ringFrame);
        }
    }

    /** Whether it is known which of the host's frames is next. */
    private boolean findPlace() {
        if (!handedOver) {
            return false;
        }
        long epoch = wantedEpoch;
        if (filledEpoch != epoch) {
            if (emptiedEpoch != epoch) {
                ring.skip(Long.MAX_VALUE);
                base = UNKNOWN;
                emptiedEpoch = epoch;
            }
            return false;
        }
        if (adoptedEpoch != epoch) {
            ringFrame = epochFrame;
            adoptedEpoch = epoch;
            base = UNKNOWN;
        }
        if (base == UNKNOWN) {
            long airFrame = hostPosition.framesAt(nanoTime.getAsLong(), epoch, clock, UNKNOWN);
            if (airFrame == UNKNOWN) {
                return false;
            }
            base = airFrame - latencyFrames - shownFrame;
            reports.startAt(base + latencyFrames);
        }
        return true;
    }
}
