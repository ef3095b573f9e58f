// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.CompletionTimes;
import org.vsnd.bench.PeriodNumbers;
import org.vsnd.bench.Shape;
import org.vsnd.measure.LineFit;

/** The clock that a stream's completions show, after a warm-up, beside the control's. */
final class CompletionClock {
    private static final int P99 = 99;
    private static final double PPM = 1e6;
    /** What is returned at the end of a stream comes right behind its last period. */
    private static final int LAST_MESSAGES = 2;

    private final List<Completion> completions;
    private final long withoutInterrupt;
    private final LineFit device;
    private final LineFit control;
    private final double periodNanos;

    /**
     * A message that came back.
     *
     * @param number which one of the stream, as far as interrupts were seen; see {@link #withoutInterrupt}
     * @param nanos when its interrupt arrived
     */
    record Completion(long number, long nanos) {}

    private CompletionClock(
            List<Completion> completions, long withoutInterrupt, LineFit device, LineFit control, double periodNanos) {
        this.completions = completions;
        this.withoutInterrupt = withoutInterrupt;
        this.device = device;
        this.control = control;
        this.periodNanos = periodNanos;
    }

    /**
     * Fits.
     *
     * @param arrivals of all the stream's interrupts, from its first message on
     * @param messages how many the stream had
     * @param warmUpNanos left out after the first
     */
    static CompletionClock of(long[] arrivals, long[] control, Shape shape, long messages, double warmUpNanos)
            throws BenchException {
        double periodNanos = shape.periodNanos();
        int from = firstFrom(arrivals, warmUpNanos);
        // from here the clock runs evenly; it may have been placed anew before, so that what came then is only counted
        int to = Math.max(from, arrivals.length - LAST_MESSAGES);
        int controlFrom = firstFrom(control, warmUpNanos);
        if (to - from < 3 || control.length - controlFrom < 3) {
            throw new BenchException("only " + (to - from) + " interrupts and " + (control.length - controlFrom)
                    + " wake-ups of the control were left of " + arrivals.length + " and " + control.length
                    + " after the warm-up");
        }
        long[] used = Arrays.copyOfRange(arrivals, from, to);
        long[] numbers = PeriodNumbers.of(used, periodNanos);
        List<Completion> completions = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            numbers[i] += from;
            completions.add(new Completion(numbers[i], used[i]));
        }
        long[] usedControl = Arrays.copyOfRange(control, controlFrom, control.length);
        return new CompletionClock(
                completions,
                messages - arrivals.length,
                LineFit.through(numbers, used),
                LineFit.through(PeriodNumbers.of(usedControl, periodNanos), usedControl),
                periodNanos);
    }

    private static int firstFrom(long[] nanos, double warmUpNanos) {
        int first = 0;
        while (first < nanos.length && nanos[first] - nanos[0] < warmUpNanos) {
            first++;
        }
        return first;
    }

    /** How much faster than the nominal rate the completions come, in parts per million. */
    double ratePpm() {
        return (periodNanos / device.slopeNanos() - 1) * PPM;
    }

    /** The standard error of {@link #ratePpm}. */
    double errorPpm() {
        return device.slopeErrorNanos() / periodNanos * PPM;
    }

    /** Whether the completions go by the clock of a sink. */
    boolean follows(SinkClock sink) {
        return Math.abs(ratePpm() - sink.ppm()) <= CompletionTimes.SLOPE_ALLOWANCE_PPM + errorPpm() + sink.errorPpm();
    }

    /** Whether they are as regular as the control, but for what is allowed. */
    boolean regular() {
        return device.distanceNanos(P99) <= control.distanceNanos(P99) + CompletionTimes.P99_ALLOWANCE_NANOS;
    }

    /** The messages that count. */
    List<Completion> completions() {
        return completions;
    }

    /** The line through their completions. */
    LineFit device() {
        return device;
    }

    /** The line through the control's wake-ups in the same time. */
    LineFit control() {
        return control;
    }

    /** Which message the first of them is. */
    long first() {
        return completions.get(0).number();
    }

    /**
     * Messages of the whole stream without an interrupt of their own: each number may be too small by that many, if they were
     * among the first.
     */
    long withoutInterrupt() {
        return withoutInterrupt;
    }

    /** Messages from the first that counts to the last without an interrupt of their own. */
    long missing() {
        return completions.get(completions.size() - 1).number() + 1 - first() - completions.size();
    }
}
