// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.nio.ByteBuffer;
import javax.sound.sampled.SourceDataLine;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.audio.live.LivePlayback;

/**
 * Plays what a {@link LivePlayback} gives through a line. Writes no more than the line has room for, so that no write
 * waits; {@link LineClock} finds out how far the line is. Audio thread only.
 */
final class JavaxPlayback extends JavaxSide<SourceDataLine> {
    private static final int CHUNKS_PER_SECOND = 50;
    /** The JDK does not say how large the host's chunks are; those of its own mixers are at most 20 ms. */
    private static final long CHUNK_NANOS = 20_000_000;
    /** The audio thread may be late by this much. */
    private static final long MARGIN_NANOS = 10_000_000;

    private final LivePlayback playback;
    private final PcmParams params;
    private final ByteBuffer given; // by the playback, in the stream's format

    private SampleConverter converter;
    private byte[] toLine = {};
    private ByteBuffer converted = ByteBuffer.wrap(toLine);
    private long writtenFrames; // since it was opened
    private long movedFrame; // its position when it last moved
    private boolean dry;

    JavaxPlayback(LivePlayback playback) {
        super(playback.params().rateHz());
        this.playback = playback;
        params = playback.params();
        given = ByteBuffer.allocate(params.frameBytes() * Math.max(1, params.rateHz() / CHUNKS_PER_SECOND));
        converter = new SampleConverter(params.format(), params.channels(), params.format(), params.channels());
    }

    @Override
    public void opened(OpenLine<SourceDataLine> host, long nowNanos) {
        LineLayout layout = host.layout();
        converter = new SampleConverter(params.format(), params.channels(), layout.format(), layout.channels());
        toLine = new byte[given.capacity() / params.frameBytes() * layout.frameBytes()];
        converted = ByteBuffer.wrap(toLine);
        reopened();
        writtenFrames = 0;
        movedFrame = 0;
        dry = true;
        FrameClock frames = new FrameClock(params.rateHz());
        long lowFrames = frames.framesIn(CHUNK_NANOS + MARGIN_NANOS);
        playback.opened(lowFrames + frames.framesIn(MARGIN_NANOS), lowFrames, nowNanos);
    }

    @Override
    public boolean moves() {
        return movedFrame > 0;
    }

    /** A line must not be started empty: PulseAudio, behind the JDK's mixer for ALSA, would wait until it is full. */
    @Override
    @Nullable
    String prepare(OpenLine<SourceDataLine> host) {
        clock().look(host.line());
        return feed(host, Math.max(0, writtenFrames - clock().frame()), clock().nanos());
    }

    @Override
    boolean isPrepared() {
        return !dry;
    }

    @Override
    @Nullable
    String move(OpenLine<SourceDataLine> host, long nowNanos) {
        LineClock clock = clock();
        clock.look(host.line());
        long frame = clock.frame();
        long atNanos = clock.nanos();
        long queuedFrames = Math.max(0, writtenFrames - frame);
        if (frame != movedFrame || queuedFrames == 0) {
            movedFrame = frame;
            moved(nowNanos);
        } else if (stalls(nowNanos)) {
            return "it stands still";
        }
        if (queuedFrames == 0 && !dry) {
            dry = true;
            clock.restart();
            playback.xrun(atNanos);
        } else if (queuedFrames > 0 && clock.isDue()) {
            playback.heard(writtenFrames - clock.reportFrame(), clock.reportNanos());
        }
        return feed(host, queuedFrames, atNanos);
    }

    private @Nullable String feed(OpenLine<SourceDataLine> host, long queuedFrames, long atNanos) {
        SourceDataLine line = host.line();
        int lineFrameBytes = host.layout().frameBytes();
        long queued = queuedFrames;
        long room = Math.min(host.bufferFrames(), line.available() / lineFrameBytes);
        while (room > 0) {
            given.clear().limit((int) Math.min(given.capacity() / params.frameBytes(), room) * params.frameBytes());
            int frames = playback.fill(given, queued, atNanos);
            if (frames == 0) {
                comeBackBy(playback.fillAgainNanos());
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
