// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.PlaybackSource;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;

/** What the guest plays, the pattern whose frames say which they are, and what it has recorded. All memory is taken before. */
final class GuestSound implements PlaybackSource, RecordedSink {
    /** The node fills a buffer that was played, so the first two are silent, and as many are filled and never played. */
    private static final int SILENT_EXCHANGES = 2;

    private final GuestFormat format;
    private final byte[] pattern;
    private final byte[] recorded;
    private int filledBytes;
    private int takenBytes;

    /** @param exchanges at most */
    GuestSound(GuestFormat format, int exchanges) {
        this.format = format;
        pattern = FramePattern.frames(format.sound(), exchanges * BufferExchange.FRAMES);
        recorded = new byte[pattern.length];
    }

    @Override
    public void fill(ByteBuffer frames) {
        int bytes = frames.remaining();
        frames.put(pattern, filledBytes, bytes);
        filledBytes += bytes;
    }

    @Override
    public void take(ByteBuffer frames) {
        int bytes = frames.remaining();
        frames.get(recorded, takenBytes, bytes);
        takenBytes += bytes;
    }

    /** The first of the pattern's frames in the playback buffer of an exchange, which counts from 0; less than 0 before. */
    static long firstFrameOf(int exchange) {
        return (exchange - SILENT_EXCHANGES) * (long) BufferExchange.FRAMES;
    }

    /** How many of the pattern's frames were handed to the card. */
    int playedFrames() {
        return filledBytes / format.sound().frameBytes() - SILENT_EXCHANGES * BufferExchange.FRAMES;
    }

    /** What of the pattern a recording has. */
    HeardPattern in(byte[] heard) {
        return HeardPattern.in(
                heard, format.sound(), filledBytes / format.sound().frameBytes());
    }

    /** What was recorded by all exchanges but the last: a node reads a buffer one exchange late. */
    byte[] recorded() {
        return Arrays.copyOfRange(recorded, Math.min(format.periodBytes(), takenBytes), takenBytes);
    }
}
