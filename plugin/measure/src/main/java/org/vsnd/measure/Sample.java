// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import com.google.common.math.Quantiles;
import com.google.common.primitives.Doubles;
import java.util.Arrays;
import java.util.Collection;

/** Numbers that were measured again and again. */
public final class Sample {
    private final double[] values;

    private Sample(double[] values) {
        this.values = values;
    }

    /** Those that are numbers: NaN stands for one that could not be measured. */
    public static Sample of(double... values) {
        return new Sample(
                Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray());
    }

    public static Sample of(Collection<Double> values) {
        return of(Doubles.toArray(values));
    }

    /** The sizes of these numbers. */
    public Sample sizes() {
        return of(Arrays.stream(values).map(Math::abs).toArray());
    }

    public int count() {
        return values.length;
    }

    /**
     * A percentile: 0 is the least number, 100 the greatest. Where it falls between two numbers it lies between them, in
     * proportion. NaN if there are none.
     *
     * @param index 0..100
     */
    public double percentile(int index) {
        return values.length == 0
                ? Double.NaN
                : Quantiles.percentiles().index(index).compute(values);
    }

    public double median() {
        return percentile(50);
    }
}
