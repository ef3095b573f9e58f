// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

/**
 * The two companding laws of ITU-T G.711, as numbers in -1..1 where full scale is that of 16 bits. A sample has a sign,
 * one of eight segments, and one of sixteen steps in it; from the second on, each segment is twice as wide as the one before.
 */
enum G711 {
    /** 14 bits. All bits are sent inverted. */
    MU_LAW(0xff, 33 * 4, 3) {
        @Override
        int middle(int segment, int step) {
            return (((2 * step + 33) << segment) - 33) * 4;
        }
    },

    /** 13 bits. Every other bit is sent inverted. There is no zero: silence is half a step. */
    A_LAW(0xd5, 0, 4) {
        @Override
        int middle(int segment, int step) {
            return segment == 0 ? 16 * step + 8 : (16 * step + 0x108) << (segment - 1);
        }
    };

    private static final double FULL_SCALE = 32_768;
    private static final int NEGATIVE = 0x80;
    private static final int SEGMENT_SHIFT = 4;
    private static final int STEP_MASK = 0xf;
    private static final int FIRST_SEGMENT_LOG2 = 7; // its numbers are below 256

    private final int inverted;
    private final int bias;
    private final int leastShift;

    @SuppressWarnings("ImmutableEnumChecker") // never written to after construction
    private final double[] values = new double[256];

    /**
     * @param inverted bits that are sent inverted, the sign included if 1 is positive
     * @param bias added to a number, in units of 16 bits, so that segments begin at powers of two
     * @param leastShift what a step of the first segment is wide, as a power of two
     */
    G711(int inverted, int bias, int leastShift) {
        this.inverted = inverted;
        this.bias = bias;
        this.leastShift = leastShift;
        for (int sent = 0; sent < values.length; sent++) {
            int code = sent ^ inverted;
            double middle = middle((code >> SEGMENT_SHIFT) & 7, code & STEP_MASK) / FULL_SCALE;
            values[sent] = (code & NEGATIVE) == 0 ? middle : -middle;
        }
    }

    /** The number that a step stands for, in units of 16 bits. */
    abstract int middle(int segment, int step);

    /** The number of a sample. */
    double decode(int sample) {
        return values[sample & 0xff];
    }

    /** The sample for a number, by the decision values of G.711. */
    int encode(double value) {
        int biased = (int) Math.min(Short.MAX_VALUE - bias, Math.abs(value) * FULL_SCALE) + bias;
        int log2 = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(biased | 1);
        int segment = Math.max(0, log2 - FIRST_SEGMENT_LOG2);
        int step = (biased >> Math.max(leastShift, segment + 3)) & STEP_MASK;
        int code = (value < 0 ? NEGATIVE : 0) | segment << SEGMENT_SHIFT | step;
        return code ^ inverted;
    }
}
