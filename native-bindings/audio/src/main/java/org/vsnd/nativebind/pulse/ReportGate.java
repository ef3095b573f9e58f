// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

/**
 * Passes those reports of the server whose time is known well enough. The server looks at its sink at some moment
 * between the request and the answer's time stamp: 0.1 ms on a quiet machine, many on a busy one. A report whose error
 * may be larger than the clock's drift since the last good one is worth nothing. One thread.
 */
final class ReportGate {
    private static final long GOOD_NANOS = 250_000;
    /** The longer none has passed, the larger the error that is accepted. */
    private static final int PATIENCE_SHARE = 200;

    private long lastNanos;
    private boolean any;

    /** Lets the next report pass in any case. */
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
