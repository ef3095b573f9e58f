package org.vsnd.audio;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Plays a WAV file to the guest, once. Its beginning is in memory; what follows is fetched by the reading thread into a
 * ring. Goes by the device's clock.
 */
final class WavSource implements AudioSource {
    private static final int SCRATCH_FRAMES = 480;

    private final PcmParams params;
    private final SampleConverter converter;
    private final ByteBuffer head; // the device thread's own view
    private final ByteBuffer scratch; // frames as the file has them
    private final WavInput input;
    private final AudioThread thread;
    private final boolean waitWhenEmpty;
    private final int fileFrameBytes;
    private boolean fetching; // what follows the beginning
    private long unwantedFrames; // of what follows the beginning, not to be fetched at all
    private long owedFrames; // to be skipped as soon as they are there

    private volatile @Nullable FrameRing ring; // by the reading thread
    private volatile boolean ended; // by the reading thread, after the last frame
    private volatile boolean closed; // by the device thread

    WavSource(PcmParams params, WavInput input, AudioThread thread, boolean waitWhenEmpty) {
        this.params = params;
        this.input = input;
        this.thread = thread;
        this.waitWhenEmpty = waitWhenEmpty;
        WavFormat file = input.format();
        fileFrameBytes = file.frameBytes();
        converter = new SampleConverter(input.pcmFormat(), file.channels(), params.format(), params.channels());
        head = input.head();
        scratch = ByteBuffer.allocateDirect(SCRATCH_FRAMES * fileFrameBytes);
    }

    @Override
    public long latencyFrames() {
        return 0;
    }

    @Override
    public void start() {
        fetch();
    }

    /** From here on it is known where to begin, and the reading thread may. */
    private void fetch() {
        if (!fetching) {
            fetching = true;
            input.fetch(this, unwantedFrames);
        }
    }

    @Override
    public void pause() {}

    @Override
    public int read(ByteBuffer dst, long dueFrames) {
        if (closed) {
            return 0;
        }
        fetch();
        int frames = 0;
        if (owedFrames == 0 && head.hasRemaining()) {
            frames = converter.convert(head, dst);
        }
        long since = 0;
        while (dst.remaining() >= params.frameBytes()) {
            boolean atEnd = ended; // before the ring: what comes before the end is then seen
            int more = readRing(dst);
            frames += more;
            if (more == 0) {
                since = since == 0 ? System.nanoTime() : since;
                if (atEnd || !waitWhenEmpty || !thread.await(since)) {
                    break;
                }
            }
        }
        return frames;
    }

    private int readRing(ByteBuffer dst) {
        FrameRing from = ring;
        if (from == null) {
            return 0;
        }
        if (owedFrames > 0) {
            owedFrames -= from.skip(owedFrames);
            if (owedFrames > 0) {
                return 0;
            }
        }
        int want = Math.min(SCRATCH_FRAMES, dst.remaining() / params.frameBytes());
        scratch.clear().limit(want * fileFrameBytes);
        from.read(scratch);
        if (from.readableFrames() < from.capacityFrames() / 2 && !ended) {
            thread.wake();
        }
        return converter.convert(scratch.flip(), dst);
    }

    @Override
    public void skip(long frames, long dueFrames) {
        int fromHead = (int) Math.min(frames, head.remaining() / fileFrameBytes);
        head.position(head.position() + fromHead * fileFrameBytes);
        if (!fetching) {
            unwantedFrames += frames - fromHead;
            return;
        }
        owedFrames += frames - fromHead;
        FrameRing from = ring;
        if (from != null) {
            owedFrames -= from.skip(owedFrames);
        }
    }

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {
        closed = true;
        thread.wake();
    }

    /** Reading thread: nobody reads any more. */
    boolean isClosed() {
        return closed;
    }

    /** Reading thread: frames after the beginning come through this. */
    void deliverThrough(FrameRing fromNowOn) {
        ring = fromNowOn;
    }

    /** Reading thread: the ring has the file's last frame. */
    void end() {
        ended = true;
    }
}
