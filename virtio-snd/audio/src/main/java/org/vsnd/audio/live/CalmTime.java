// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

/**
 * Decides when something that trouble has raised may be lowered again: two seconds after the last trouble, one step at
 * a time. If the trouble comes back at once, the next try is put off for twice as long, up to a minute; once it stays
 * away the time is short again. One thread; allocates nothing.
 */
public final class CalmTime {
    static final long SHORTEST_NANOS = 2_000_000_000L;
    static final long LONGEST_NANOS = 60_000_000_000L;
    /** Trouble this soon after a step down comes from the step. */
    private static final long REGRET_NANOS = 10_000_000_000L;

    private long waitNanos = SHORTEST_NANOS;
    private long sinceNanos;
    private long loweredNanos;
    private boolean lowered; // a step was made, and may prove too large

    /** Starts anew: nothing is raised. */
    public void begin(long nowNanos) {
        waitNanos = SHORTEST_NANOS;
        sinceNanos = nowNanos;
        lowered = false;
    }

    /** Trouble has occurred. */
    public void trouble(long nowNanos) {
        settle(nowNanos);
        if (lowered) {
            lowered = false;
            waitNanos = Math.min(LONGEST_NANOS, 2 * waitNanos);
        }
        sinceNanos = nowNanos;
    }

    /** Whether a step down may be made now; if so it is counted as made. */
    public boolean stepDown(long nowNanos) {
        if (nowNanos - sinceNanos < waitNanos) {
            return false;
        }
        settle(nowNanos);
        lowered = true;
        loweredNanos = nowNanos;
        sinceNanos = nowNanos;
        return true;
    }

    private void settle(long nowNanos) {
        if (lowered && nowNanos - loweredNanos > REGRET_NANOS) {
            lowered = false;
            waitNanos = SHORTEST_NANOS;
        }
    }
}
