package org.vsnd.it.bench;

import java.util.Arrays;

/**
 * How regularly one stream's completions reached the client, beside the control.
 *
 * @param device the line through the interrupts' arrivals
 * @param control the line through the control's wake-ups
 * @param periodNanos what a period should last
 * @param missing periods without an interrupt of their own
 */
record CompletionTimes(LineFit device, LineFit control, double periodNanos, long count, long missing) {
    /** How much later than the control's the device's 99th percentile may be. */
    static final double P99_ALLOWANCE_NANOS = 200_000;
    /** How far the slope may be off, beside its standard error. */
    static final double SLOPE_ALLOWANCE_PPM = 1;

    private static final double P99 = 0.99;
    private static final double PPM = 1e6;

    /**
     * Numbers the arrivals by period and fits.
     *
     * @param messages how many the stream had; what comes later are those returned at its end
     */
    static CompletionTimes of(long[] arrivals, long[] control, Shape shape, long messages) throws BenchException {
        double periodNanos = shape.periodNanos();
        if (arrivals.length < 3 || control.length < 3) {
            throw new BenchException("only " + arrivals.length + " interrupts and " + control.length
                    + " wake-ups of the control were seen for " + messages + " messages");
        }
        long[] numbers = numbers(arrivals, messages, periodNanos);
        return new CompletionTimes(
                LineFit.through(numbers, Arrays.copyOf(arrivals, numbers.length)),
                LineFit.through(numbers(control, control.length, periodNanos), control),
                periodNanos,
                numbers.length,
                messages - numbers.length);
    }

    /** Each message's interrupt has the message's number; if there were fewer, some stood for several messages. */
    private static long[] numbers(long[] times, long messages, double periodNanos) {
        boolean oneEach = times.length >= messages;
        long[] numbers = new long[times.length];
        int count = 1;
        while (count < times.length) {
            long periods = oneEach ? 1 : Math.round((times[count] - times[count - 1]) / periodNanos);
            long number = numbers[count - 1] + Math.max(1, periods);
            if (number >= messages) {
                break; // returned at the stream's end
            }
            numbers[count++] = number;
        }
        return Arrays.copyOf(numbers, count);
    }

    /** How much longer than nominal a period is, in parts per million. */
    double slopePpm() {
        return (device.slopeNanos() / periodNanos - 1) * PPM;
    }

    /** The standard error of {@link #slopePpm()}. */
    double slopeErrorPpm() {
        return device.slopeErrorNanos() / periodNanos * PPM;
    }

    boolean regular() {
        return device.distanceNanos(P99) <= control.distanceNanos(P99) + P99_ALLOWANCE_NANOS;
    }

    boolean trueToClock() {
        return Math.abs(slopePpm()) <= SLOPE_ALLOWANCE_PPM + slopeErrorPpm();
    }
}
