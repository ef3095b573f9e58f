// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

/** A stream's period and buffer, in frames. */
public record Shape(int periodFrames, int bufferFrames) {
    public static final int RATE_HZ = 48_000;
    private static final int PERIODS = 4;
    /** Linux's driver has 160 ms of the largest frames that the card offers by default, which is twice that of S16. */
    private static final int LONGEST_FRAMES = 15_360;

    private static final double NANOS_PER_SECOND = 1e9;

    /** Four periods of this length. */
    public static Shape ofPeriod(int periodFrames) {
        return new Shape(periodFrames, PERIODS * periodFrames);
    }

    /** The longest buffer there is for S16: an emulated guest is late by 80 ms now and then. */
    public static Shape longest(int periodFrames) {
        return new Shape(periodFrames, LONGEST_FRAMES / periodFrames * periodFrames);
    }

    /** How long a period lasts. */
    public double periodNanos() {
        return periodFrames * NANOS_PER_SECOND / RATE_HZ;
    }

    @Override
    public String toString() {
        return periodFrames + "/" + bufferFrames;
    }
}
