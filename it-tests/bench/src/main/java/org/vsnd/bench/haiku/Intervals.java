// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import org.vsnd.measure.Sample;

/**
 * How far the intervals between events are from what they should be.
 *
 * @param offNanos of each, more than 0 if it was longer
 */
record Intervals(Sample offNanos) {
    /** How far the median may be off. */
    static final double MEDIAN_ALLOWANCE_NANOS = 100_000;
    /** How far 95 of a hundred may be off. */
    static final double P95_ALLOWANCE_NANOS = 500_000;
    /** How much later than the control's the latest may be. */
    static final double LATEST_ALLOWANCE_NANOS = 5_000_000;

    private static final int P95 = 95;

    /** Between events that came at these times, one after the other. */
    static Intervals between(long[] nanos, double nominalNanos) {
        double[] off = new double[Math.max(0, nanos.length - 1)];
        for (int i = 0; i < off.length; i++) {
            off[i] = nanos[i + 1] - nanos[i] - nominalNanos;
        }
        return new Intervals(Sample.of(off));
    }

    int count() {
        return offNanos.count();
    }

    /** NaN without any, as the others. */
    double medianNanos() {
        return offNanos.median();
    }

    /** The 95th percentile of the distances, earlier or later. */
    double p95Nanos() {
        return offNanos.sizes().percentile(P95);
    }

    /** The longest. */
    double latestNanos() {
        return offNanos.percentile(100);
    }

    /** The shortest. */
    double earliestNanos() {
        return offNanos.percentile(0);
    }

    boolean medianHolds() {
        return Math.abs(medianNanos()) <= MEDIAN_ALLOWANCE_NANOS;
    }

    boolean p95Holds() {
        return p95Nanos() <= P95_ALLOWANCE_NANOS;
    }

    /** Whether none is much later than the latest of a bare timer. */
    boolean latestHolds(Intervals control) {
        return latestNanos() <= control.latestNanos() + LATEST_ALLOWANCE_NANOS;
    }
}
