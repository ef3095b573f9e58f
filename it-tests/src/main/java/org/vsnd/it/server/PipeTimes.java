// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * When a converter at the end of a pipe took or gave each frame, as pipeclock wrote it down. All times are those of
 * {@code System.nanoTime()}, and of a converter that moves one frame at a time: the pipe's filling, from which the server
 * tells its latency, is a staircase around that one's, half a tick up and down.
 */
public final class PipeTimes {
    private static final int HEAD_BYTES = 40;
    private static final int PIECE_BYTES = 32;
    private static final double BILLION = 1e9;

    private final long startNanos;
    private final double nanosPerFrame;
    private final long tickFrames;
    private final long[] clockFrames;
    private final long[] movedFrames;
    private final int[] moved;

    /**
     * Frames that the server did not have ready, or not take, in time.
     *
     * @param frame the one that came after them
     * @param frames how many
     */
    public record Miss(long frame, long frames) {}

    private PipeTimes(ByteBuffer in) {
        startNanos = in.getLong(0);
        nanosPerFrame = BILLION / ((double) in.getLong(8) * (1 + in.getLong(16) / BILLION));
        tickFrames = in.getLong(32);
        int count = (in.limit() - HEAD_BYTES) / PIECE_BYTES;
        clockFrames = new long[count];
        movedFrames = new long[count];
        moved = new int[count];
        for (int i = 0; i < count; i++) {
            int at = HEAD_BYTES + i * PIECE_BYTES;
            clockFrames[i] = in.getLong(at);
            movedFrames[i] = in.getLong(at + 8);
            moved[i] = in.getInt(at + 24);
        }
    }

    static PipeTimes read(byte[] file) {
        return new PipeTimes(ByteBuffer.wrap(file).order(ByteOrder.nativeOrder()));
    }

    /** Frames moved. */
    public long frames() {
        int last = moved.length - 1;
        return last < 0 ? 0 : movedFrames[last] + moved[last];
    }

    /** When a frame of those moved was moved. */
    public double nanosOf(long frame) {
        if (frame < 0 || frame >= frames()) {
            throw new IllegalArgumentException("frame " + frame + " of " + frames());
        }
        int found = Arrays.binarySearch(movedFrames, frame);
        int piece = found >= 0 ? found : -found - 2;
        while (moved[piece] == 0) {
            piece++; // a tick without frames, before the one that has it
        }
        return nanosAtClock((double) (clockFrames[piece] + frame - movedFrames[piece]));
    }

    /** When the converter's clock reached a frame since its start. */
    public double nanosAtClock(double frame) {
        return startNanos + (frame + tickFrames / 2.0) * nanosPerFrame;
    }

    /** How long a frame takes by its clock. */
    public double nanosPerFrame() {
        return nanosPerFrame;
    }

    /** What was missed between frames moved. */
    public List<Miss> misses() {
        List<Miss> misses = new ArrayList<>();
        long next = -1;
        for (int i = 0; i < moved.length; i++) {
            if (moved[i] > 0) {
                if (next >= 0 && clockFrames[i] > next) {
                    misses.add(new Miss(movedFrames[i], clockFrames[i] - next));
                }
                next = clockFrames[i] + moved[i];
            }
        }
        return misses;
    }
}
