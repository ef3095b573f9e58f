// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.sound;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sound in which every frame says which one must follow: the pattern of pcmprobe.c, whose head describes it. No frame of
 * it is silent within the lengths used here.
 */
public final class FramePattern {
    /** The place of a silent frame. */
    static final long SILENT = -1;

    private static final int FIRST = 1;
    private static final int FACTOR = 1664525;
    private static final int STEP = 1013904223;

    private FramePattern() {}

    /** The first frames, interleaved, little-endian. */
    public static byte[] frames(SoundFormat format, int count) {
        ByteBuffer out = ByteBuffer.allocate(count * format.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
        int word = FIRST;
        for (int frame = 0; frame < count; frame++, word = word * FACTOR + STEP) {
            for (int channel = 0; channel < format.channels(); channel++) {
                putSample(out, format, word, channel % 2 == 0);
            }
        }
        return out.array();
    }

    private static void putSample(ByteBuffer out, SoundFormat format, int word, boolean even) {
        if (format.wavTag() == 3) {
            float sample = (word >>> 8) / 8388608.0f - 1.0f;
            out.putFloat(even ? sample : -sample);
        } else if (format.sampleBytes() == 2) {
            out.putShort((short) (even ? word >>> 16 : word));
        } else {
            out.putInt(even ? word : ~word);
        }
    }

    /**
     * Which frame of the endless pattern this is, or {@link #SILENT}. Any frame has a place; one that does not belong to the
     * pattern has one far behind what was played, most likely.
     */
    static long place(ByteBuffer frames, int at, SoundFormat format) {
        if (format.wavTag() == 3 || format.frameBytes() < 4) {
            throw new IllegalArgumentException("a frame of " + format + " does not say which one it is");
        }
        int word = format.sampleBytes() == 2
                ? (frames.getShort(at) << 16) | (frames.getShort(at + 2) & 0xffff)
                : frames.getInt(at);
        if (word == 0) {
            return SILENT;
        }
        if (format.sampleBytes() == 4 && format.channels() > 1 && frames.getInt(at + 4) != ~word) {
            return Long.MAX_VALUE;
        }
        return steps(word);
    }

    /** How many steps lead to a word: 2^k steps change bit k and none below it. */
    private static long steps(int word) {
        long steps = 0;
        int at = FIRST;
        int factor = FACTOR;
        int step = STEP;
        for (int bit = 0; bit < 32; bit++) {
            if ((((at ^ word) >>> bit) & 1) != 0) {
                at = at * factor + step;
                steps |= 1L << bit;
            }
            step = step * factor + step; // twice as many steps at once
            factor *= factor;
        }
        return steps;
    }

    /** The same as a WAV file. */
    public static byte[] wav(SoundFormat format, int count) {
        return WavFile.bytes(format, frames(format, count));
    }
}
