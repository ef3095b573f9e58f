// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

/**
 * Decides whether a raised latency can be lowered, by what was not needed during a span of time. If this proves too
 * much at once, the next span is twice as long; if it lasts, spans are short again. One thread; allocates nothing.
 */
final class SpareFrames {
    private static final long FIRST_WHILE_NANOS = 1_000_000_000L;
    private static final long LONGEST_WHILE_NANOS = 4_000_000_000L;
    /** A raise within this time after lowering counts as at once. */
    private static final long SOON_NANOS = 10_000_000_000L;
    /** A span with fewer looks proves nothing. */
    private static final int FEWEST_LOOKS = 8;
    /** This much is left as a margin for late threads. */
    private static final int MARGINS_PER_SECOND = 300;

    private final long marginFrames;
    private long whileNanos = FIRST_WHILE_NANOS;
    private long beganNanos;
    private int looks;
    private long leastFrames;
    private long provenFrames;
    private boolean lowered;
    private long loweredNanos;

    SpareFrames(int rateHz) {
        marginFrames = rateHz / MARGINS_PER_SECOND;
    }

    /** A span begins. */
    void begin(long nowNanos) {
        beganNanos = nowNanos;
        looks = 0;
        leastFrames = Long.MAX_VALUE;
        provenFrames = 0;
    }

    /**
     * This many frames were there that were not yet due.
     *
     * @param mostFrames the most that can be taken back
     */
    void seen(long frames, long mostFrames, long nowNanos) {
        leastFrames = Math.min(leastFrames, frames);
        looks++;
        if (nowNanos - beganNanos < whileNanos || looks < FEWEST_LOOKS) {
            return;
        }
        long spareFrames = Math.min(leastFrames - marginFrames, mostFrames);
        begin(nowNanos);
        if (spareFrames > 0) {
            provenFrames = spareFrames;
            lowered = true;
            loweredNanos = nowNanos;
        }
    }

    /** The latency had to be raised. */
    void raised(long nowNanos) {
        boolean soon = lowered && nowNanos - loweredNanos < SOON_NANOS + whileNanos;
        whileNanos = soon ? Math.min(2 * whileNanos, LONGEST_WHILE_NANOS) : FIRST_WHILE_NANOS;
        lowered = false;
        begin(nowNanos);
    }

    /** Frames that were not needed in the last span; they are returned once. */
    long take() {
        long frames = provenFrames;
        provenFrames = 0;
        return frames;
    }
}
