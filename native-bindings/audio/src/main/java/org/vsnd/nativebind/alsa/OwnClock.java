// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/**
 * Stands in for the clock of a PCM that has none, such as {@code null} or {@code file}: frames leave a queue, or come
 * into it, at nominal pace. One thread.
 */
final class OwnClock {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int rateHz;
    private long anchorNanos;
    private long wholeSeconds; // since the anchor, so that a long stream does not overflow

    OwnClock(int rateHz) {
        this.rateHz = rateHz;
    }

    /** Starts the clock. */
    void restart(long nowNanos) {
        anchorNanos = nowNanos;
        wholeSeconds = 0;
    }

    /** Whole frames that have passed since the start. */
    long frames(long nowNanos) {
        while (nowNanos - anchorNanos >= NANOS_PER_SECOND) {
            anchorNanos += NANOS_PER_SECOND;
            wholeSeconds++;
        }
        return wholeSeconds * rateHz + Math.max(0, nowNanos - anchorNanos) * rateHz / NANOS_PER_SECOND;
    }

    /** Excludes a time of this length, during which the clock stood still. */
    void stoodStill(long nanos) {
        anchorNanos += nanos;
    }
}
