// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import com.google.common.math.LinearTransformation;
import com.google.common.math.PairedStatsAccumulator;
import java.util.Arrays;

/** A least-squares line through (n, time): its slope, the slope's standard error, and how far off the times are. */
public final class LineFit {
    private final long firstNumber; // the line's origin
    private final long firstNanos;
    private final LinearTransformation line;
    private final double slopeError;
    private final Sample distances;

    private LineFit(long firstNumber, long firstNanos, LinearTransformation line, double slopeError, Sample distances) {
        this.firstNumber = firstNumber;
        this.firstNanos = firstNanos;
        this.line = line;
        this.slopeError = slopeError;
        this.distances = distances;
    }

    /**
     * Fits.
     *
     * @param numbers the events' numbers, at least three of them different
     * @param nanos when each came
     */
    public static LineFit through(long[] numbers, long[] nanos) {
        int count = numbers.length;
        if (count < 3 || nanos.length != count) {
            throw new IllegalArgumentException("a line needs three points or more, not " + count);
        }
        double[] x = sinceFirst(numbers);
        double[] y = sinceFirst(nanos);
        PairedStatsAccumulator points = new PairedStatsAccumulator();
        for (int i = 0; i < count; i++) {
            points.add(x[i], y[i]);
        }
        LinearTransformation line = points.leastSquaresFit();
        double[] off = new double[count];
        double squares = 0;
        for (int i = 0; i < count; i++) {
            off[i] = y[i] - line.transform(x[i]);
            squares += off[i] * off[i];
        }
        double spread = points.xStats().populationVariance() * count;
        double slopeError = Math.sqrt(squares / (count - 2) / spread);
        return new LineFit(
                numbers[0], nanos[0], line, slopeError, Sample.of(off).sizes());
    }

    /** Nanoseconds since boot do not fit a double's 53 bits squared. */
    private static double[] sinceFirst(long[] values) {
        return Arrays.stream(values)
                .mapToDouble(value -> (double) (value - values[0]))
                .toArray();
    }

    /** When an event should have come, in nanoseconds. */
    public double nanosAt(double number) {
        return firstNanos + line.transform(number - firstNumber);
    }

    /** Nanoseconds from one event to the next. */
    public double slopeNanos() {
        return line.slope();
    }

    /** The slope's standard error, in nanoseconds, as for independent distances. */
    public double slopeErrorNanos() {
        return slopeError;
    }

    /** A percentile (0..100) of the times' distances from the line, in nanoseconds. */
    public double distanceNanos(int percentile) {
        return distances.percentile(percentile);
    }
}
