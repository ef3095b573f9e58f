package org.vsnd.audio.javax;

import java.nio.ByteBuffer;
import javax.sound.sampled.SourceDataLine;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.HostSide;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Playout;
import org.vsnd.audio.SampleConverter;

/**
 * Plays what a {@link Playout} gives through a line. It is written only what it has room for, so that no write waits; how far
 * it is {@link LineClock} finds out. Audio thread only.
 */
final class LinePlayer implements HostSide<OpenLine<SourceDataLine>> {
    private static final int CHUNKS_PER_SECOND = 50;
    /** The JDK does not say how large the host's chunks are; those of its own mixers are 20 ms at most. */
    private static final long CHUNK_NANOS = 20_000_000;
    /** The audio thread may be late by so much. */
    private static final long MARGIN_NANOS = 10_000_000;

    private static final long ROUND_NANOS = LineClock.ASK_NANOS;
    private static final long STANDING_NANOS = 20_000_000;
    /** A line that holds frames and moves none for so long is as good as gone. */
    static final long STALL_NANOS = 700_000_000;

    private final Playout playout;
    private final PcmParams params;
    private final LineClock clock;
    private final ByteBuffer given; // by the playout, as the stream has it

    private SampleConverter converter;
    private byte[] toLine = {};
    private ByteBuffer converted = ByteBuffer.wrap(toLine);
    private boolean started;
    private long writtenFrames; // since it was opened
    private long movedFrame; // where it was when it moved last
    private long movedNanos;
    private boolean dry;
    private long untilNanos;

    LinePlayer(Playout playout) {
        this.playout = playout;
        params = playout.params();
        clock = new LineClock(params.rateHz());
        given = ByteBuffer.allocate(params.frameBytes() * Math.max(1, params.rateHz() / CHUNKS_PER_SECOND));
        converter = new SampleConverter(params.format(), params.channels(), params.format(), params.channels());
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // where the system heeds it, it helps
    public void begin() {
        Thread.currentThread().setPriority(Thread.MAX_PRIORITY);
    }

    @Override
    public void opened(OpenLine<SourceDataLine> host, long nowNanos) {
        LineLayout layout = host.layout();
        converter = new SampleConverter(params.format(), params.channels(), layout.format(), layout.channels());
        toLine = new byte[given.capacity() / params.frameBytes() * layout.frameBytes()];
        converted = ByteBuffer.wrap(toLine);
        clock.opened();
        started = false;
        writtenFrames = 0;
        movedFrame = 0;
        dry = true;
        FrameClock frames = new FrameClock(params.rateHz());
        long lowFrames = frames.framesIn(CHUNK_NANOS + MARGIN_NANOS);
        playout.opened(lowFrames + frames.framesIn(MARGIN_NANOS), lowFrames, nowNanos);
    }

    @Override
    public @Nullable String run(OpenLine<SourceDataLine> host, long nowNanos) {
        untilNanos = nowNanos + ROUND_NANOS;
        SourceDataLine line = host.line();
        try {
            if (!line.isOpen()) {
                return "it was closed";
            }
            return started ? play(host, line, nowNanos) : start(host, line, nowNanos);
        } catch (IllegalStateException | IllegalArgumentException e) {
            return e.toString();
        }
    }

    @Override
    public @Nullable String hold(OpenLine<SourceDataLine> host, long nowNanos) {
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
        return movedFrame > 0;
    }

    @Override
    public long untilNanos() {
        return untilNanos;
    }

    @Override
    public boolean waitsForHost() {
        return false;
    }

    /** Not with an empty line: PulseAudio, behind the JDK's mixer for ALSA, would then wait until the line is full. */
    private @Nullable String start(OpenLine<SourceDataLine> host, SourceDataLine line, long nowNanos) {
        clock.look(line);
        String fault = feed(host, line, Math.max(0, writtenFrames - clock.frame()), clock.nanos());
        if (fault == null && !dry) {
            line.start();
            started = true;
            movedNanos = nowNanos;
            clock.restart();
        }
        return fault;
    }

    private @Nullable String play(OpenLine<SourceDataLine> host, SourceDataLine line, long nowNanos) {
        clock.look(line);
        long frame = clock.frame();
        long atNanos = clock.nanos();
        long queuedFrames = Math.max(0, writtenFrames - frame);
        if (frame != movedFrame || queuedFrames == 0) {
            movedFrame = frame;
            movedNanos = nowNanos;
        } else if (nowNanos - movedNanos > STALL_NANOS) {
            return "it stands still";
        }
        if (queuedFrames == 0 && !dry) {
            dry = true;
            clock.restart();
            playout.xrun(atNanos);
        } else if (queuedFrames > 0 && clock.isDue()) {
            playout.heard(writtenFrames - clock.reportFrame(), clock.reportNanos());
        }
        return feed(host, line, queuedFrames, atNanos);
    }

    private @Nullable String feed(OpenLine<SourceDataLine> host, SourceDataLine line, long queuedFrames, long atNanos) {
        int lineFrameBytes = host.layout().frameBytes();
        long queued = queuedFrames;
        long room = Math.min(host.bufferFrames(), line.available() / lineFrameBytes);
        while (room > 0) {
            given.clear().limit((int) Math.min(given.capacity() / params.frameBytes(), room) * params.frameBytes());
            int frames = playout.fill(given, queued, atNanos);
            if (frames == 0) {
                untilNanos = Math.min(untilNanos, playout.fillAgainNanos());
                return null;
            }
            converter.convert(given.flip(), converted.clear());
            int bytes = frames * lineFrameBytes;
            if (line.write(toLine, 0, bytes) < bytes) {
                return "it takes no frames though it has room";
            }
            dry = false;
            writtenFrames += frames;
            queued += frames;
            room -= frames;
        }
        return null;
    }
}
