// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

/**
 * Exact conversion between frames and nanoseconds at one rate. Whole seconds and the rest are converted
 * separately, so nothing overflows and only the last step is rounded. Negative values round the same way as positive
 * ones (towards minus infinity for frames, plus infinity for nanoseconds). Immutable, any thread, no allocation.
 */
public final class FrameClock {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** Seconds a {@code long} of nanoseconds can hold: 292 years. */
    private static final long MAX_SECONDS = Long.MAX_VALUE / NANOS_PER_SECOND;

    private final int rateHz;

    /**
     * A clock for one rate.
     *
     * @param rateHz frames per second, 1..1,000,000,000
     * @throws IllegalArgumentException if it is not in that range
     */
    public FrameClock(int rateHz) {
        if (rateHz < 1 || rateHz > NANOS_PER_SECOND) {
            throw new IllegalArgumentException("rateHz=" + rateHz);
        }
        this.rateHz = rateHz;
    }

    /** Frames per second. */
    public int rateHz() {
        return rateHz;
    }

    /** Whole frames that fit in {@code nanos}, rounded down; any {@code long}. */
    public long framesIn(long nanos) {
        long seconds = Math.floorDiv(nanos, NANOS_PER_SECOND);
        long rest = Math.floorMod(nanos, NANOS_PER_SECOND);
        // rest * rateHz < 10^18, and the sum is never larger than nanos
        return seconds * rateHz + rest * rateHz / NANOS_PER_SECOND;
    }

    /**
     * The first nanosecond at which {@code frames} have passed, rounded up: {@code framesIn(nanosOf(f)) == f}, and one
     * nanosecond earlier it is less. Beyond 292 years the result is the largest or smallest {@code long}.
     */
    public long nanosOf(long frames) {
        long seconds = Math.floorDiv(frames, (long) rateHz);
        long rest = Math.floorMod(frames, (long) rateHz);
        if (seconds >= MAX_SECONDS) {
            return Long.MAX_VALUE;
        }
        if (seconds < -MAX_SECONDS) {
            return Long.MIN_VALUE;
        }
        return seconds * NANOS_PER_SECOND + (rest * NANOS_PER_SECOND + rateHz - 1) / rateHz;
    }
}
