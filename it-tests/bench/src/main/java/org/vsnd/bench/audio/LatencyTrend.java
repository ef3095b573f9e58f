// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.List;
import org.vsnd.measure.Sample;

/**
 * What a latency was in the first and in the last part of a measurement.
 *
 * @param beginNanos its median then
 * @param endNanos its median then
 */
public record LatencyTrend(double beginNanos, double endNanos) {
    /** How much it may have grown. */
    public static final double GROWTH_ALLOWANCE_NANOS = 1_000_000;

    private static final double LONGEST_PART_NANOS = 10e9;
    private static final int PARTS = 3;

    /** One measurement of it. */
    public record At(double nanos, double latencyNanos) {}

    /** Compares the first ten seconds, or third, with the last. Without measurements: NaN. */
    public static LatencyTrend of(List<At> all) {
        if (all.isEmpty()) {
            return new LatencyTrend(Double.NaN, Double.NaN);
        }
        double first = all.get(0).nanos;
        double last = all.get(all.size() - 1).nanos;
        double part = Math.min(LONGEST_PART_NANOS, (last - first) / PARTS);
        return new LatencyTrend(median(all, first, first + part), median(all, last - part, last));
    }

    private static double median(List<At> all, double from, double to) {
        return Sample.of(all.stream()
                        .filter(at -> at.nanos >= from && at.nanos <= to)
                        .mapToDouble(At::latencyNanos)
                        .toArray())
                .median();
    }

    /** How much it has grown. */
    public double growthNanos() {
        return endNanos - beginNanos;
    }

    /** Whether it stayed what it was. NaN, not measured, is not. */
    public boolean steady() {
        return Math.abs(growthNanos()) <= GROWTH_ALLOWANCE_NANOS;
    }
}
