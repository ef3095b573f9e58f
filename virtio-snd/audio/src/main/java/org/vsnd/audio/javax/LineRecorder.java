package org.vsnd.audio.javax;

import java.nio.ByteBuffer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.HostSide;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Recording;
import org.vsnd.audio.SampleConverter;

/**
 * Records from a line into a {@link Recording}. It is read only what it has, so that no read waits. Audio thread only.
 */
final class LineRecorder implements HostSide<OpenLine<TargetDataLine>> {
    private static final int CHUNKS_PER_SECOND = 50;
    /** From the air to here: one chunk of the host's, as with {@link LinePlayer}, and what the audio thread may be late. */
    private static final long LATENCY_NANOS = 30_000_000;

    private static final long ROUND_NANOS = LineClock.ASK_NANOS;
    private static final long STANDING_NANOS = 20_000_000;

    private final Recording recording;
    private final PcmParams params;
    private final LineClock clock;
    private final ByteBuffer taken; // for the recording, as the stream has it

    private SampleConverter converter;
    private byte[] fromLine = {};
    private ByteBuffer unconverted = ByteBuffer.wrap(fromLine);
    private boolean started;
    private long readFrames; // since it was opened
    private long movedNanos;
    private long untilNanos;

    LineRecorder(Recording recording) {
        this.recording = recording;
        params = recording.params();
        clock = new LineClock(params.rateHz());
        taken = ByteBuffer.allocate(params.frameBytes() * Math.max(1, params.rateHz() / CHUNKS_PER_SECOND));
        converter = new SampleConverter(params.format(), params.channels(), params.format(), params.channels());
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // where the system heeds it, it helps
    public void begin() {
        Thread.currentThread().setPriority(Thread.MAX_PRIORITY);
    }

    @Override
    public void opened(OpenLine<TargetDataLine> host, long nowNanos) {
        LineLayout layout = host.layout();
        converter = new SampleConverter(layout.format(), layout.channels(), params.format(), params.channels());
        fromLine = new byte[taken.capacity() / params.frameBytes() * layout.frameBytes()];
        unconverted = ByteBuffer.wrap(fromLine);
        clock.opened();
        started = false;
        readFrames = 0;
        recording.opened(new FrameClock(params.rateHz()).framesIn(LATENCY_NANOS), nowNanos);
    }

    @Override
    public @Nullable String run(OpenLine<TargetDataLine> host, long nowNanos) {
        untilNanos = nowNanos + ROUND_NANOS;
        TargetDataLine line = host.line();
        try {
            if (!started) {
                line.start();
                started = true;
                movedNanos = nowNanos;
                clock.restart();
            }
            return line.isOpen() ? take(host, line, nowNanos) : "it was closed";
        } catch (IllegalStateException | IllegalArgumentException e) {
            return e.toString();
        }
    }

    @Override
    public @Nullable String hold(OpenLine<TargetDataLine> host, long nowNanos) {
        untilNanos = nowNanos + STANDING_NANOS;
        try {
            if (started) {
                started = false;
                host.line().stop();
            }
            return host.line().isOpen() ? null : "it was closed";
        } catch (IllegalStateException e) {
            return e.toString();
        }
    }

    @Override
    public boolean moves() {
        return readFrames > 0;
    }

    @Override
    public long untilNanos() {
        return untilNanos;
    }

    @Override
    public boolean waitsForHost() {
        return false;
    }

    private @Nullable String take(OpenLine<TargetDataLine> host, TargetDataLine line, long nowNanos) {
        int lineFrameBytes = host.layout().frameBytes();
        clock.look(line);
        long atNanos = clock.nanos();
        int left = line.available() / lineFrameBytes;
        if (left > 0) {
            movedNanos = nowNanos;
        } else if (nowNanos - movedNanos > LinePlayer.STALL_NANOS) {
            return "it brings no frames";
        }
        if (left >= host.bufferFrames()) { // it has dropped some, and does not say how many
            clock.restart();
            recording.xrun(atNanos);
        }
        while (left > 0) {
            int frames = Math.min(left, fromLine.length / lineFrameBytes);
            int bytes = frames * lineFrameBytes;
            if (line.read(fromLine, 0, bytes) < bytes) {
                return "it gives no frames though it has some";
            }
            converter.convert(unconverted.clear().limit(bytes), taken.clear());
            recording.captured(taken.flip());
            readFrames += frames;
            left -= frames;
        }
        if (clock.isDue()) {
            recording.position(clock.reportFrame() - readFrames, clock.reportNanos());
        }
        return null;
    }
}
