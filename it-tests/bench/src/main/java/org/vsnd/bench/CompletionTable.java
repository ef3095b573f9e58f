// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.vsnd.measure.LineFit;

/** A table of completion times: what they are of, and their distances from their line beside the control's, in ms. */
public final class CompletionTable {
    private static final int P50 = 50;
    private static final int P99 = 99;
    private static final int P100 = 100;
    private static final List<String> HEADINGS = List.of(
            "interrupts",
            "vsnd p50",
            "p99",
            "max",
            "control p50",
            "p99",
            "max",
            "p99 against the control's",
            "slope, ppm");

    private final MarkdownTable table;

    /**
     * An empty one.
     *
     * @param of headings of what the times are of
     */
    public CompletionTable(String... of) {
        table = new MarkdownTable(joined(List.of(of), HEADINGS));
    }

    /**
     * Adds a row.
     *
     * @param of what these are of, as many as there are headings for it
     */
    public void row(CompletionTimes times, String... of) {
        LineFit device = times.device();
        LineFit control = times.control();
        List<String> cells = new ArrayList<>();
        cells.add(times.count() + (times.missing() == 0 ? "" : " (" + times.missing() + " without their own)"));
        for (LineFit line : List.of(device, control)) {
            for (int percentile : new int[] {P50, P99, P100}) {
                cells.add(Numbers.millis(line.distanceNanos(percentile)));
            }
        }
        cells.add(Numbers.decimal("%.1fx", device.distanceNanos(P99) / control.distanceNanos(P99)));
        cells.add(Numbers.decimal("%+.2f", times.slopePpm()) + Numbers.decimal(" \u00b1 %.2f", times.slopeErrorPpm()));
        table.row(joined(List.of(of), cells));
    }

    public MarkdownTable table() {
        return table;
    }

    private static String[] joined(List<String> first, List<String> then) {
        return Stream.concat(first.stream(), then.stream()).toArray(String[]::new);
    }
}
