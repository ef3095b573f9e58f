package org.vsnd.it.bench;

/** A stream's period and buffer, in frames. */
public record Shape(int periodFrames, int bufferFrames) {
    public static final int RATE_HZ = 48_000;
    private static final int PERIODS = 4;
    private static final double NANOS_PER_SECOND = 1e9;

    /** Four periods of this length. */
    public static Shape ofPeriod(int periodFrames) {
        return new Shape(periodFrames, PERIODS * periodFrames);
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
