// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

/**
 * Lets through the server's reports that say well enough when they were true. The server looks at its sink at some moment
 * between the question's leaving and the answer's time stamp: on a quiet machine that is 0.1 ms, on a busy one many. A
 * report that may be more wrong than the clock can have drifted since the last good one is worth nothing. One thread.
 */
final class ReportGate {
    private static final long GOOD_NANOS = 250_000;
    /** The longer there was none, the less is asked. */
    private static final int PATIENCE_SHARE = 200;

    private long lastNanos;
    private boolean any;

    /** The next report is let through, whatever it is. */
    void open() {
        any = false;
    }

    boolean passes(long transportNanos, long nowNanos) {
        if (any && transportNanos > GOOD_NANOS + (nowNanos - lastNanos) / PATIENCE_SHARE) {
            return false;
        }
        any = true;
        lastNanos = nowNanos;
        return true;
    }
}
