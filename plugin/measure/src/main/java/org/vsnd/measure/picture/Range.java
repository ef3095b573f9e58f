// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an axis shows.
 *
 * @param from at the left or bottom
 * @param to at the right or top, more than {@code from}
 * @param unit of the numbers; empty: they have none
 * @param name written beside the axis; empty: neither a name nor numbers are written
 */
public record Range(double from, double to, String unit, String name) {
    private static final double[] STEPS = {1, 2, 5, 10};

    /** Checks the order. */
    public Range {
        if (!(to > from)) {
            throw new IllegalArgumentException("a range from " + from + " to " + to);
        }
    }

    /** Round numbers within the range, at most this many but at least two if there are any. */
    List<Double> ticks(int most) {
        double rough = (to - from) / most;
        double magnitude = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = magnitude;
        for (double factor : STEPS) {
            step = factor * magnitude;
            if (step >= rough) {
                break;
            }
        }
        List<Double> ticks = new ArrayList<>();
        for (long n = (long) Math.ceil(from / step - 1e-9); n * step <= to + step * 1e-9; n++) {
            ticks.add(n * step);
        }
        return ticks;
    }

    /** What is written beside the axis. */
    String title() {
        return unit.isEmpty() ? name : name + " (" + unit + ")";
    }

    /** A number of {@link #ticks} as it is written. */
    String label(double value) {
        double size = Math.abs(value);
        String number = size < 1e15 && Math.rint(value * 1e3) == Math.rint(value) * 1e3
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3f", value).replaceAll("0+$", "");
        return number;
    }
}
