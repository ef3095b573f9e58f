// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;

/**
 * The law of the volume elements: from silence at 0, in steps of half a decibel from -60 dB, to 0 dB, at which samples are what
 * they were. Nothing is ever louder than it came, so nothing is clipped. Values begin at 0 because Linux takes a lowest value below it
 * for a large number.
 */
final class VolumeScale {
    /** The value of 0 dB. */
    static final int UNITY = 120;

    private static final int STEP_HUNDREDTHS = 50; // of a decibel
    private static final int HUNDREDTHS = 100;
    private static final int LEAST_HUNDREDTHS = -UNITY * STEP_HUNDREDTHS;
    private static final double[] GAINS = new double[UNITY + 1];

    static {
        for (int value = 1; value <= UNITY; value++) {
            GAINS[value] = Math.pow(10, (LEAST_HUNDREDTHS + (double) value * STEP_HUNDREDTHS) / 2000);
        }
    }

    private VolumeScale() {}

    /** The values. */
    static ControlType type() {
        return new ControlType.IntegerType(0, UNITY, 1);
    }

    /** What the values mean, for the driver. */
    static ControlTlv tlv() {
        return new ControlTlv(
                ControlTlv.DB_SCALE, List.of(LEAST_HUNDREDTHS, STEP_HUNDREDTHS | ControlTlv.DB_SCALE_MUTE));
    }

    /** The factor of a value, 0..1. */
    static double gain(long value) {
        return GAINS[(int) value];
    }

    /** A value in decibels; negative infinity is silence. */
    static double decibels(long value) {
        return value == 0
                ? Double.NEGATIVE_INFINITY
                : (LEAST_HUNDREDTHS + (double) value * STEP_HUNDREDTHS) / HUNDREDTHS;
    }

    /** The value nearest to a factor. */
    static int value(double gain) {
        if (!(gain > 0)) {
            return 0;
        }
        double hundredths = 2000 * Math.log10(gain);
        return (int) Math.max(0, Math.min(UNITY, Math.rint((hundredths - LEAST_HUNDREDTHS) / STEP_HUNDREDTHS)));
    }
}
