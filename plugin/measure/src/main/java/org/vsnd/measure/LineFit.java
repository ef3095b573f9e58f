// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import java.util.Arrays;

/** A least-squares line through (n, time): its slope, the slope's standard error, and how far off the times are. */
public final class LineFit {
    private final double middleNumber; // a point of the line: the means of both
    private final double middleNanos;
    private final double slope;
    private final double slopeError;
    private final double[] distances;

    private LineFit(double middleNumber, double middleNanos, double slope, double slopeError, double[] distances) {
        this.middleNumber = middleNumber;
        this.middleNanos = middleNanos;
        this.slope = slope;
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
        double meanNumber = 0;
        double meanTime = 0; // relative to the first: nanoseconds since boot do not fit a double's 53 bits squared
        for (int i = 0; i < count; i++) {
            meanNumber += (double) (numbers[i] - numbers[0]) / count;
            meanTime += (double) (nanos[i] - nanos[0]) / count;
        }
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < count; i++) {
            double x = numbers[i] - numbers[0] - meanNumber;
            xx += x * x;
            xy += x * (nanos[i] - nanos[0] - meanTime);
        }
        double slope = xy / xx;
        double[] distances = new double[count];
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double off = nanos[i] - nanos[0] - meanTime - slope * (numbers[i] - numbers[0] - meanNumber);
            squares += off * off;
            distances[i] = Math.abs(off);
        }
        Arrays.sort(distances);
        return new LineFit(
                numbers[0] + meanNumber, nanos[0] + meanTime, slope, Math.sqrt(squares / (count - 2) / xx), distances);
    }

    /** When an event should have come, in nanoseconds. */
    public double nanosAt(double number) {
        return middleNanos + slope * (number - middleNumber);
    }

    /** Nanoseconds from one event to the next. */
    public double slopeNanos() {
        return slope;
    }

    /** The slope's standard error, in nanoseconds, as for independent distances. */
    public double slopeErrorNanos() {
        return slopeError;
    }

    /** The distance from the line, in nanoseconds, that a share (0..1) of the times does not exceed. */
    public double distanceNanos(double share) {
        int rank = (int) Math.ceil(distances.length * share);
        return distances[Math.min(distances.length, Math.max(1, rank)) - 1];
    }
}
