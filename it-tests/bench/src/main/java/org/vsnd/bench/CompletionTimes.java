// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.Arrays;
import org.vsnd.measure.LineFit;

/**
 * How regularly one stream's completions reached the client, beside the control.
 *
 * @param device the line through the interrupts' arrivals
 * @param control the line through the control's wake-ups
 * @param periodNanos what a period should last
 * @param missing periods without an interrupt of their own
 */
public record CompletionTimes(LineFit device, LineFit control, double periodNanos, long count, long missing) {
    /** How much later than the control's the device's 99th percentile may be. */
    public static final double P99_ALLOWANCE_NANOS = 200_000;
    /** How far the slope may be off, beside its standard error. */
    public static final double SLOPE_ALLOWANCE_PPM = 1;

    private static final int P99 = 99;
    private static final double PPM = 1e6;

    /**
     * Numbers the arrivals by period and fits.
     *
     * @param messages how many the stream had; the last does not count
     */
    public static CompletionTimes of(long[] arrivals, long[] control, Shape shape, long messages)
            throws BenchException {
        double periodNanos = shape.periodNanos();
        long[] times = beforeTheLast(arrivals, periodNanos, messages);
        if (times.length < 3 || control.length < 3) {
            throw new BenchException("only " + arrivals.length + " interrupts and " + control.length
                    + " wake-ups of the control were seen for " + messages + " messages");
        }
        return new CompletionTimes(
                LineFit.through(PeriodNumbers.of(times, periodNanos), times),
                LineFit.through(PeriodNumbers.of(control, periodNanos), control),
                periodNanos,
                times.length,
                messages - 1 - times.length);
    }

    /** Without the last message: what is returned at the stream's end comes right behind it. */
    private static long[] beforeTheLast(long[] arrivals, double periodNanos, long messages) {
        int count = 0;
        while (count < arrivals.length && arrivals[count] - arrivals[0] < (messages - 1.5) * periodNanos) {
            count++;
        }
        return Arrays.copyOf(arrivals, count);
    }

    /** How much longer than nominal a period is, in parts per million. */
    public double slopePpm() {
        return (device.slopeNanos() / periodNanos - 1) * PPM;
    }

    /** The standard error of {@link #slopePpm()}. */
    public double slopeErrorPpm() {
        return device.slopeErrorNanos() / periodNanos * PPM;
    }

    public boolean regular() {
        return device.distanceNanos(P99) <= control.distanceNanos(P99) + P99_ALLOWANCE_NANOS;
    }

    public boolean trueToClock() {
        return Math.abs(slopePpm()) <= SLOPE_ALLOWANCE_PPM + slopeErrorPpm();
    }
}
