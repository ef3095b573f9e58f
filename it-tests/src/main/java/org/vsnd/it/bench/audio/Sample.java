package org.vsnd.it.bench.audio;

import java.util.Arrays;
import java.util.Collection;

/** Numbers that were measured again and again. */
final class Sample {
    private static final double HALF = 0.5;

    private final double[] sorted;

    private Sample(double[] sorted) {
        this.sorted = sorted;
    }

    /** Those that are numbers: NaN stands for one that could not be measured. */
    static Sample of(double... values) {
        return new Sample(Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray());
    }

    static Sample of(Collection<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The sizes of these numbers. */
    Sample sizes() {
        return of(Arrays.stream(sorted).map(Math::abs).toArray());
    }

    int count() {
        return sorted.length;
    }

    /** What a share (0..1) of them does not exceed; NaN if there are none. */
    double quantile(double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(sorted.length * share);
        return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
    }

    double median() {
        return quantile(HALF);
    }
}
