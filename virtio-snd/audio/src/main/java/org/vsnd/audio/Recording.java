package org.vsnd.audio;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * One capture stream of a live host audio system, between the back end's audio thread and the device thread, which reads
 * through its {@link #source}. The host records from the moment it is open; the newest frames are kept, so that the first
 * message is not silent.
 *
 * <p>{@link #source} is the device thread's; everything else is called by the audio thread only. Allocates nothing after
 * construction. Times are {@link System#nanoTime()}.
 */
public final class Recording {
    private static final int KEPT_STEPS_PER_SECOND = 50;
    /** The ring holds two seconds more than the driver leaves unread, if they are no longer than this. */
    private static final int SPARE_BYTES_MAX = 8 << 20;

    private final PcmParams params;
    private final FrameRing ring;
    private final RecordingReader reader;
    private final PositionReports reports = new PositionReports();
    private final ByteBuffer silence;

    private boolean open;
    private long hostFrames; // captured and put into the ring or dropped, since the recording was made
    private boolean skipping; // the ring's contents do not go on: nothing is put in before the reader has emptied it

    /**
     * A recording that is not open yet.
     *
     * @param wake tells the audio thread that there is something to do: any thread, must neither block nor allocate
     */
    public Recording(PcmParams params, Runnable wake) {
        this(params, wake, System::nanoTime);
    }

    Recording(PcmParams params, Runnable wake, LongSupplier nanoTime) {
        this.params = params;
        ring = new FrameRing(params.budget(), params.frameBytes(), ringFrames(params));
        reader = new RecordingReader(params, ring, reports, wake, nanoTime);
        silence = ByteBuffer.allocate(params.frameBytes() * 256);
        params.format().fillSilence(silence);
    }

    /** Memory that such a stream may come to need, out of {@link PcmParams#budget}. */
    public static long bytes(PcmParams params) {
        return FrameRing.bytes(params.frameBytes(), ringFrames(params));
    }

    private static int ringFrames(PcmParams params) {
        long spareFrames = Math.min(2L * params.rateHz(), SPARE_BYTES_MAX / params.frameBytes());
        return Math.toIntExact(params.burstFrames() + 2 * params.targetFrames() + spareFrames);
    }

    /** Nobody will call anything but the source any more: the memory is given back as soon as that is closed. */
    public void close() {
        ring.leave();
    }

    /** What the stream sounds like. */
    public PcmParams params() {
        return params;
    }

    /** Device thread: the way out. */
    public AudioSource source() {
        return reader;
    }

    /**
     * The host records.
     *
     * @param latencyFrames from the air to {@link #captured}, at worst: the host's chunks and the way here included
     */
    public void opened(long latencyFrames, long nowNanos) {
        open = true;
        skipping = true;
        reader.granted(latencyFrames);
    }

    /** What the host's stream should do now. */
    public HostState wanted(long nowNanos) {
        return reader.wanted();
    }

    /** The host's next frames, from position to limit; all of them are taken. */
    public void captured(ByteBuffer frames) {
        int count = frames.remaining() / params.frameBytes();
        if (skipping && reader.emptied()) {
            skipping = false;
            reader.restart(hostFrames);
        }
        if (!skipping && ring.write(frames) < count) {
            skipping = true; // the device thread is far behind: it will go on with what is new
            reader.empty();
        }
        frames.position(frames.limit());
        hostFrames += count;
        reader.keepNewest(reader.latencyFrames() + params.rateHz() / KEPT_STEPS_PER_SECOND);
    }

    /** A hole in what the host recorded. */
    public void silence(long frames) {
        long leftFrames = frames;
        while (leftFrames > 0) {
            int now = (int) Math.min(leftFrames, silence.capacity() / params.frameBytes());
            captured(silence.clear().limit(now * params.frameBytes()));
            leftFrames -= now;
        }
    }

    /**
     * The host's clock: {@code delayFrames} frames recorded at {@code nanos} have not been given to {@link #captured} yet.
     * To be said at least once after {@link #opened} and {@link #xrun}.
     */
    public void position(long delayFrames, long nanos) {
        if (open) {
            reader.position(hostFrames + delayFrames, nanos);
        }
    }

    /** The host dropped frames: what comes next is new. */
    public void xrun(long nanos) {
        reports.publish(PositionReports.Kind.XRUN, 0, nanos);
        skipping = true;
        reader.empty();
    }

    /** The host is gone until the next {@link #opened}; the reader gets silence. */
    public void lost(long nanos) {
        open = false;
        reports.publish(PositionReports.Kind.LOST, 0, nanos);
        skipping = true;
        reader.empty();
    }
}
