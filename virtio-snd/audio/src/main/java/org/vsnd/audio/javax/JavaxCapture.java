// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.nio.ByteBuffer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.audio.live.LiveCapture;

/**
 * Records from a line into a {@link LiveCapture}. Reads no more than the line has, so that no read waits. Audio thread
 * only.
 */
final class JavaxCapture extends JavaxSide<TargetDataLine> {
    private static final int CHUNKS_PER_SECOND = 50;
    /**
     * From the microphone to here: one chunk of the host, as with {@link JavaxPlayback}, and lateness of the audio
     * thread.
     */
    private static final long LATENCY_NANOS = 30_000_000;

    private final LiveCapture capture;
    private final PcmParams params;
    private final ByteBuffer taken; // for the recording, in the stream's format

    private SampleConverter converter;
    private byte[] fromLine = {};
    private ByteBuffer unconverted = ByteBuffer.wrap(fromLine);
    private long readFrames; // since it was opened

    JavaxCapture(LiveCapture capture) {
        super(capture.params().rateHz());
        this.capture = capture;
        params = capture.params();
        taken = ByteBuffer.allocate(params.frameBytes() * Math.max(1, params.rateHz() / CHUNKS_PER_SECOND));
        converter = new SampleConverter(params.format(), params.channels(), params.format(), params.channels());
    }

    @Override
    public void opened(OpenLine<TargetDataLine> host, long nowNanos) {
        LineLayout layout = host.layout();
        converter = new SampleConverter(layout.format(), layout.channels(), params.format(), params.channels());
        fromLine = new byte[taken.capacity() / params.frameBytes() * layout.frameBytes()];
        unconverted = ByteBuffer.wrap(fromLine);
        reopened();
        readFrames = 0;
        capture.opened(new FrameClock(params.rateHz()).framesIn(LATENCY_NANOS), nowNanos);
    }

    @Override
    public boolean moves() {
        return readFrames > 0;
    }

    @Override
    @Nullable
    String prepare(OpenLine<TargetDataLine> host) {
        return null;
    }

    @Override
    boolean isPrepared() {
        return true;
    }

    @Override
    @Nullable
    String move(OpenLine<TargetDataLine> host, long nowNanos) {
        TargetDataLine line = host.line();
        LineClock clock = clock();
        int lineFrameBytes = host.layout().frameBytes();
        clock.look(line);
        long atNanos = clock.nanos();
        int left = line.available() / lineFrameBytes;
        if (left > 0) {
            moved(nowNanos);
        } else if (stalls(nowNanos)) {
            return "it brings no frames";
        }
        if (left >= host.bufferFrames()) { // it has dropped some, but does not say how many
            clock.restart();
            capture.xrun(atNanos);
        }
        while (left > 0) {
            int frames = Math.min(left, fromLine.length / lineFrameBytes);
            int bytes = frames * lineFrameBytes;
            if (line.read(fromLine, 0, bytes) < bytes) {
                return "it gives no frames though it has some";
            }
            converter.convert(unconverted.clear().limit(bytes), taken.clear());
            capture.captured(taken.flip());
            readFrames += frames;
            left -= frames;
        }
        if (clock.isDue()) {
            capture.position(clock.reportFrame() - readFrames, clock.reportNanos());
        }
        return null;
    }
}
