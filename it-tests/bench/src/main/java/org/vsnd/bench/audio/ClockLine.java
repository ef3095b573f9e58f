// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Numbers;
import org.vsnd.bench.Shape;
import org.vsnd.measure.LineFit;
import org.vsnd.measure.Sample;

/**
 * How a stream went by one sink's clock.
 *
 * @param sinkClock the sink's own
 * @param xruns in the guest
 * @param deviceXruns that the card counted, from its start
 * @param reported by the device, after the warm-up
 * @param measured at the sink's reader, after the warm-up; not numbers without one
 * @param error reported less measured, each message's nearest report, in nanoseconds
 * @param breaks interruptions heard after the warm-up; -1 without a reader
 * @param firstBreak what the first of them was
 * @param missed frames that the reader did not find in time; -1 without a reader
 */
record ClockLine(
        String sink,
        SinkClock sinkClock,
        long xruns,
        long deviceXruns,
        CompletionClock clock,
        LatencyTrend reported,
        LatencyTrend measured,
        Sample error,
        long breaks,
        String firstBreak,
        long missed) {
    /** How far reported and measured latency may be apart. */
    static final double LATENCY_ALLOWANCE_NANOS = 1_000_000;

    private static final int P50 = 50;
    private static final int P99 = 99;

    static ClockLine of(
            String sink,
            SinkClock sinkClock,
            Shape shape,
            long xruns,
            long deviceXruns,
            CompletionClock clock,
            List<LatencyTrend.At> reports,
            @Nullable HeardFrames heard) {
        LatencyTrend reported = LatencyTrend.of(reports);
        double typical = median(reports);
        long from = clock.first() * shape.periodFrames();
        long breaks = heard == null ? -1 : heard.breaksFrom(from);
        // the periods that a break lasts are no messages: what comes after it cannot be numbered
        List<LatencyTrend.At> measured =
                heard == null || breaks > 0 ? List.of() : likeliest(clock, shape, heard, typical);
        Sample error = Sample.of(
                measured.stream().mapToDouble(at -> typical - at.latencyNanos()).toArray());
        return new ClockLine(
                sink,
                sinkClock,
                xruns,
                deviceXruns,
                clock,
                reported,
                LatencyTrend.of(measured),
                error,
                breaks,
                heard == null ? "" : heard.firstBreakFrom(from),
                heard == null ? -1 : heard.missesFrom(from));
    }

    private static double median(List<LatencyTrend.At> all) {
        return Sample.of(all.stream().mapToDouble(LatencyTrend.At::latencyNanos).toArray())
                .median();
    }

    /** Interrupts that stood for two messages may have been among the first: each makes all latencies a period longer. */
    private static List<LatencyTrend.At> likeliest(
            CompletionClock clock, Shape shape, HeardFrames heard, double typicalNanos) {
        List<LatencyTrend.At> best = measure(clock, shape, heard, 0);
        for (long shift = 1; shift <= clock.withoutInterrupt(); shift++) {
            List<LatencyTrend.At> other = measure(clock, shape, heard, shift);
            if (Math.abs(median(other) - typicalNanos) < Math.abs(median(best) - typicalNanos)) {
                best = other;
            }
        }
        return best;
    }

    /** From each completion until the message's last frame has been read. */
    private static List<LatencyTrend.At> measure(CompletionClock clock, Shape shape, HeardFrames heard, long shift) {
        List<LatencyTrend.At> all = new ArrayList<>();
        for (CompletionClock.Completion completion : clock.completions()) {
            long last = (completion.number() + shift + 1) * shape.periodFrames() - 1;
            double latency = heard.endOf(last) - completion.nanos();
            if (!Double.isNaN(latency)) {
                all.add(new LatencyTrend.At(completion.nanos(), latency));
            }
        }
        return all;
    }

    void judge(Document document) {
        document.goal(clock.follows(sinkClock), "rate of the completions, " + sink);
        document.goal(clock.regular(), "completion times beside the control's, " + sink);
        document.goal(xruns == 0, xruns + " xruns in the guest, " + sink);
        document.goal(breaks <= 0, breaks + " breaks heard, " + sink + ", the first " + firstBreak);
        document.goal(deviceXruns == 0, deviceXruns + " xruns of the card, " + sink);
        document.goal(reported.steady(), "reported latency grows, " + sink);
        if (breaks == 0) {
            document.goal(measured.steady(), "measured latency grows, " + sink);
            document.goal(
                    Math.abs(error.median()) <= LATENCY_ALLOWANCE_NANOS, "reported against measured latency, " + sink);
        }
    }

    void row(MarkdownTable table) {
        LineFit device = clock.device();
        LineFit control = clock.control();
        table.row(
                sink,
                clock.completions().size()
                        + (clock.missing() == 0 ? "" : " (" + clock.missing() + " without their own)"),
                Numbers.decimal("%+.2f", clock.ratePpm()) + Numbers.decimal(" ± %.2f", clock.errorPpm()),
                Numbers.decimal("%+.2f", sinkClock.ppm()) + Numbers.decimal(" ± %.2f", sinkClock.errorPpm()),
                Numbers.decimal("%+.2f", clock.ratePpm() - sinkClock.ppm()),
                Numbers.millis(device.distanceNanos(P50)),
                Numbers.millis(device.distanceNanos(P99)),
                Numbers.millis(device.distanceNanos(100)),
                Numbers.millis(control.distanceNanos(P99)),
                Numbers.millis(control.distanceNanos(100)),
                "" + xruns,
                "" + deviceXruns,
                breaks < 0 ? "-" : "" + breaks,
                missed < 0 ? "-" : "" + missed);
    }

    void latencyRow(MarkdownTable table) {
        table.row(
                sink,
                Numbers.millis(reported.beginNanos()),
                Numbers.millis(reported.endNanos()),
                Numbers.millis(measured.beginNanos()),
                Numbers.millis(measured.endNanos()),
                Numbers.signedMillis(error.median()),
                Numbers.millis(error.sizes().percentile(P99)));
    }
}
