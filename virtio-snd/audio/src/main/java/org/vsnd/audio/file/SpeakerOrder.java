// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.nio.ByteBuffer;

/**
 * The speakers of a WAV file's channels, and their order. A file has them in the order of the bits of its
 * {@code dwChannelMask}: front left, front right, front centre, low frequency, back left, back right... A guest without a
 * channel map has ALSA's order: with four to eight channels the two back ones come before centre and low frequency.
 */
final class SpeakerOrder {
    private static final int MONO = 0x4; // SPEAKER_FRONT_CENTER
    private static final int QUAD = 0x33; // front left and right, back left and right
    private static final int FIVE = 0x37; // and front centre
    private static final int SIX_ONE = 0x13f; // and low frequency, back centre
    private static final int SEVEN_ONE = 0x63f; // and low frequency, side left and right
    private static final int MOST_SPEAKERS = 18;

    /** Pairs to swap one after the other on the way into a file, in reverse on the way out. */
    private static final int[][] NO_SWAPS = {};

    private static final int[][] FIVE_SWAPS = {{2, 4}, {3, 4}};
    private static final int[][] SIX_AND_EIGHT_SWAPS = {{2, 4}, {3, 5}};

    private SpeakerOrder() {}

    /** {@code dwChannelMask}: as many bits as channels; 0, for unknown, if there are more channels than speakers. */
    static int mask(int channels) {
        return switch (channels) {
            case 1 -> MONO;
            case 4 -> QUAD;
            case 5 -> FIVE;
            case 7 -> SIX_ONE;
            case 8 -> SEVEN_ONE;
            default -> channels > MOST_SPEAKERS ? 0 : (1 << channels) - 1;
        };
    }

    /** Reorders whole frames, from position to limit, from a guest's order to a file's. */
    static void toFile(ByteBuffer frames, int sampleBytes, int channels) {
        int[][] swaps = swaps(channels);
        for (int i = 0; i < swaps.length; i++) {
            swap(frames, sampleBytes, channels, swaps[i]);
        }
    }

    /** The reverse. */
    static void toGuest(ByteBuffer frames, int sampleBytes, int channels) {
        int[][] swaps = swaps(channels);
        for (int i = swaps.length - 1; i >= 0; i--) {
            swap(frames, sampleBytes, channels, swaps[i]);
        }
    }

    private static int[][] swaps(int channels) {
        return switch (channels) {
            case 5 -> FIVE_SWAPS;
            case 6, 8 -> SIX_AND_EIGHT_SWAPS;
            default -> NO_SWAPS;
        };
    }

    private static void swap(ByteBuffer frames, int sampleBytes, int channels, int[] pair) {
        int frameBytes = sampleBytes * channels;
        for (int frame = frames.position(); frame + frameBytes <= frames.limit(); frame += frameBytes) {
            int a = frame + pair[0] * sampleBytes;
            int b = frame + pair[1] * sampleBytes;
            for (int i = 0; i < sampleBytes; i++) {
                byte kept = frames.get(a + i);
                frames.put(a + i, frames.get(b + i));
                frames.put(b + i, kept);
            }
        }
    }
}
