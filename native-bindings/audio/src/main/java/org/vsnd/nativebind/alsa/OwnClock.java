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

    /** Time begins. */
    void restart(long nowNanos) {
        anchorNanos = nowNanos;
        wholeSeconds = 0;
    }

    /** Whole frames that have gone by since time began. */
    long frames(long nowNanos) {
        while (nowNanos - anchorNanos >= NANOS_PER_SECOND) {
            anchorNanos += NANOS_PER_SECOND;
            wholeSeconds++;
        }
        return wholeSeconds * rateHz + Math.max(0, nowNanos - anchorNanos) * rateHz / NANOS_PER_SECOND;
    }

    /** Time did not pass for so long. */
    void stoodStill(long nanos) {
        anchorNanos += nanos;
    }
}
