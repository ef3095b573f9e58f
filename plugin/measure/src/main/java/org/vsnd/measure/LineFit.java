// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import com.google.common.math.LinearTransformation;
import com.google.common.math.PairedStatsAccumulator;
import com.google.common.math.Stats;

/** A least-squares line through (n, time): its slope, the slope's standard error, and how far off the times are. */
public final class LineFit {
    private final long firstNumber; // the line's origin: nanoseconds since boot do not fit a double's 53 bits squared
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
        PairedStatsAccumulator points = new PairedStatsAccumulator();
        for (int i = 0; i < count; i++) {
            points.add(numbers[i] - numbers[0], nanos[i] - nanos[0]);
        }
        LinearTransformation line = points.leastSquaresFit();
        double[] off = new double[count];
        double squares = 0;
        for (int i = 0; i < count; i++) {
            off[i] = nanos[i] - nanos[0] - line.transform(numbers[i] - numbers[0]);
            squares += off[i] * off[i];
        }
        Stats x = points.xStats();
        double slopeError = Math.sqrt(squares / (count - 2) / (x.populationVariance() * count));
        return new LineFit(
                numbers[0], nanos[0], line, slopeError, Sample.of(off).sizes());
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
