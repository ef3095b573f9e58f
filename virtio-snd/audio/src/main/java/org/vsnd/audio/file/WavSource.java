// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.frames.ChannelOrder;
import org.vsnd.audio.frames.NumberedRing;
import org.vsnd.audio.frames.SampleConverter;

/**
 * Plays a WAV file to the guest, once. Its beginning is in memory; the reading thread fetches the rest into a
 * ring. Follows the device's clock.
 */
final class WavSource implements AudioSource {
    private static final int SCRATCH_FRAMES = 480;

    private final PcmParams params;
    private final SampleConverter converter;
    private final @Nullable ChannelOrder order; // from the file's to the guest's, if there are as many
    private final ByteBuffer head; // the device thread's own view
    private final ByteBuffer scratch; // frames in the file's format
    private final WavInput input;
    private final FileThread thread;
    private final boolean waitWhenEmpty;
    private final long headFrames;
    private final int fileFrameBytes;
    private boolean fetching; // the part after the beginning
    private long nextFrame; // of the file

    private volatile long wantedFrame; // the same, for the reading thread
    private volatile @Nullable NumberedRing ring; // by the reading thread
    private volatile boolean ended; // by the reading thread, after the last frame
    private volatile boolean closed; // by the device thread

    WavSource(PcmParams params, WavInput input, FileThread thread, boolean waitWhenEmpty) {
        this.params = params;
        this.input = input;
        this.thread = thread;
        this.waitWhenEmpty = waitWhenEmpty;
        WavFormat file = input.format();
        fileFrameBytes = file.frameBytes();
        converter = new SampleConverter(input.pcmFormat(), file.channels(), params.format(), params.channels());
        order = file.channels() == params.channels() ? ChannelOrder.between(file.speakers(), params.speakers()) : null;
        head = input.head();
        headFrames = head.limit() / fileFrameBytes;
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

    private void fetch() {
        if (!fetching) {
            fetching = true;
            input.fetch(this);
        }
    }

    @Override
    public void pause() {}

    /** Frames that are not there in time are skipped, so that those after them keep their places. */
    @Override
    public int read(ByteBuffer dst, long dueFrames) {
        if (closed) {
            return 0;
        }
        fetch();
        int frames = dst.remaining() / params.frameBytes();
        int got = 0;
        long since = 0;
        while (got < frames) {
            boolean atEnd = ended; // before the ring, so that all frames before the end are seen
            int more = nextFrame < headFrames ? readHead(dst) : readRing(dst);
            got += more;
            place(nextFrame + more);
            if (more == 0) {
                since = since == 0 ? System.nanoTime() : since;
                if (atEnd || !waitWhenEmpty || !thread.await(since)) {
                    break;
                }
            }
        }
        place(nextFrame + frames - got);
        return got;
    }

    private int readHead(ByteBuffer dst) {
        head.position((int) nextFrame * fileFrameBytes);
        return convert(head, dst);
    }

    private int readRing(ByteBuffer dst) {
        NumberedRing from = ring;
        if (from == null) {
            return 0;
        }
        from.look();
        from.skipTo(nextFrame);
        boolean there = from.firstNumber() == nextFrame;
        int want = there ? Math.min(SCRATCH_FRAMES, dst.remaining() / params.frameBytes()) : 0;
        scratch.clear().limit(want * fileFrameBytes);
        from.read(scratch);
        if (from.endNumber() - from.firstNumber() < from.capacityFrames() / 2 && !ended) {
            thread.wake();
        }
        return convert(scratch.flip(), dst);
    }

    private int convert(ByteBuffer fromFile, ByteBuffer dst) {
        int start = dst.position();
        int frames = converter.convert(fromFile, dst);
        if (order != null && !order.isSame()) {
            int end = dst.position();
            int limit = dst.limit();
            order.apply(dst.limit(end).position(start), params.format().sampleBytes());
            dst.limit(limit).position(end);
        }
        return frames;
    }

    @Override
    public void skip(long frames, long dueFrames) {
        place(nextFrame + frames);
        if (fetching && !ended) {
            thread.wake();
        }
    }

    private void place(long frame) {
        nextFrame = frame;
        wantedFrame = frame;
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

    /** The budget of its card's sound. */
    AudioBudget card() {
        return params.budget();
    }

    /** Reading thread: whether the source is closed. */
    boolean isClosed() {
        return closed;
    }

    /** Reading thread: the number in the file of the next frame to read. */
    long wantedFrame() {
        return wantedFrame;
    }

    /** Reading thread: sets the ring for frames after the beginning, with their numbers in the file. */
    void deliverThrough(NumberedRing fromNowOn) {
        ring = fromNowOn;
    }

    /** Reading thread: the ring now has the file's last frame. */
    void end() {
        ended = true;
    }
}
