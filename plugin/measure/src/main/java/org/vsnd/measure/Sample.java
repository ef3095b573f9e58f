// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import java.util.Arrays;
import java.util.Collection;

/** Numbers that were measured again and again. */
public final class Sample {
    private static final double HALF = 0.5;

    private final double[] sorted;

    private Sample(double[] sorted) {
        this.sorted = sorted;
    }

    /** Those that are numbers: NaN stands for one that could not be measured. */
    public static Sample of(double... values) {
        return new Sample(Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray());
    }

    public static Sample of(Collection<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The sizes of these numbers. */
    public Sample sizes() {
        return of(Arrays.stream(sorted).map(Math::abs).toArray());
    }

    public int count() {
        return sorted.length;
    }

    /** What a share (0..1) of them does not exceed; NaN if there are none. */
    public double quantile(double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(sorted.length * share);
        return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
    }

    public double median() {
        return quantile(HALF);
    }
}
