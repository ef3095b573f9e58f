// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/**
 * Selects the positions worth reporting: right after a start, and when a server was late with its timing, those of the
 * pulse plugin are briefly off by many milliseconds. One is good if those just before it lay on the same line of
 * nominal slope; if they never do, all are good. One thread.
 */
final class SteadyPositions {
    private static final int AGREEING = 3;
    private static final int TOLERANCES_PER_SECOND = 1_000;
    private static final long PATIENCE_NANOS = 200_000_000L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int rateHz;
    private final long toleranceFrames;
    private int agreeing;
    private long unsteadyNanos;
    private long lastFrame;
    private long lastNanos;
    private boolean empty = true;

    SteadyPositions(int rateHz) {
        this.rateHz = rateHz;
        toleranceFrames = Math.max(1, rateHz / TOLERANCES_PER_SECOND);
    }

    /** Forgets the earlier positions: the next ones are unrelated to them. */
    void restart() {
        empty = true;
        agreeing = 0;
    }

    /** Whether this position, later than the one before, can be believed. */
    boolean accept(long frame, long nanos) {
        if (empty) {
            empty = false;
            unsteadyNanos = nanos;
        } else {
            long sinceNanos = Math.min(nanos - lastNanos, NANOS_PER_SECOND);
            long offFrames = frame - lastFrame - sinceNanos * rateHz / NANOS_PER_SECOND;
            if (Math.abs(offFrames) <= toleranceFrames) {
                agreeing++;
            } else {
                unsteadyNanos = agreeing >= AGREEING ? nanos : unsteadyNanos;
                agreeing = 0;
            }
        }
        lastFrame = frame;
        lastNanos = nanos;
        return agreeing >= AGREEING || nanos - unsteadyNanos > PATIENCE_NANOS;
    }
}
