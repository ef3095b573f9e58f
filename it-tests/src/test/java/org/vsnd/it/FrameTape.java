// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/**
 * Host audio of 16-bit stereo whose frames are {@linkplain FrameNumbers numbers}, by the device's clock: knows when each
 * was heard, and when each was in the air.
 */
final class FrameTape implements AudioBackend {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LongSupplier nanoTime;
    private final FrameNumbers heard = new FrameNumbers();
    private final FrameNumbers air = new FrameNumbers();
    private int rateHz;
    private long targetFrames;
    private long firstWriteNanos;
    private long captureNanos;
    private long framesLate;

    FrameTape(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** What was heard, gaps and all. */
    FrameNumbers heard() {
        return heard;
    }

    /** Frames handed over after they should have been heard. */
    long framesLate() {
        return framesLate;
    }

    private long nanosOf(long frames) {
        return frames / rateHz * NANOS_PER_SECOND + frames % rateHz * NANOS_PER_SECOND / rateHz;
    }

    /** When a place on the tape was heard. */
    long heardNanos(long place) {
        return firstWriteNanos + nanosOf(place + targetFrames);
    }

    /** When the frame of this number had been in the air, to its end. */
    long capturedNanos(long number) {
        return captureNanos + nanosOf(number);
    }

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        rateHz = params.rateHz();
        targetFrames = params.targetFrames();
        return new Sink();
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        rateHz = params.rateHz();
        return new Source();
    }

    @Override
    public void close() {
        // nothing is open
    }

    private final class Sink implements AudioSink {
        @Override
        public long targetFrames() {
            return targetFrames;
        }

        @Override
        public int write(ByteBuffer frames) {
            int count = frames.remaining() / FrameNumbers.FRAME_BYTES;
            if (heard.length() == 0) {
                firstWriteNanos = nanoTime.getAsLong();
            }
            if (heardNanos(heard.length()) < nanoTime.getAsLong()) {
                framesLate += count;
            }
            heard.take(frames);
            return count;
        }

        @Override
        public void gap(long frames) {
            heard.takeSilence(frames);
        }

        @Override
        public void start() {
            // goes by the device's clock
        }

        @Override
        public void pause() {
            throw new IllegalStateException("Haiku never pauses");
        }

        @Override
        public void drain() {
            // whatever was written is heard
        }

        @Override
        public PositionReports reports() {
            return PositionReports.NONE;
        }

        @Override
        public void close() {
            // whatever was written is heard
        }
    }

    private final class Source implements AudioSource {
        @Override
        public long latencyFrames() {
            return 0;
        }

        @Override
        public void start() {
            captureNanos = nanoTime.getAsLong();
        }

        @Override
        public void pause() {
            // at the end
        }

        @Override
        public int read(ByteBuffer dst, long dueFrames) {
            int count = dst.remaining() / FrameNumbers.FRAME_BYTES;
            air.give(dst);
            return count;
        }

        @Override
        public void skip(long frames, long dueFrames) {
            air.leaveOut(frames);
        }

        @Override
        public PositionReports reports() {
            return PositionReports.NONE;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
