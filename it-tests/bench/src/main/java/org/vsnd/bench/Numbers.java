// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.Locale;

/** Numbers as tables have them. */
public final class Numbers {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double PERCENT = 100;

    private Numbers() {}

    /** Nanoseconds as milliseconds with three decimals; a dash if there is no number. */
    public static String millis(double nanos) {
        return decimal("%.3f", nanos / NANOS_PER_MILLI);
    }

    /** The same with a sign. */
    public static String signedMillis(double nanos) {
        return decimal("%+.3f", nanos / NANOS_PER_MILLI);
    }

    public static String percent(double share) {
        return decimal("%.2f %%", share * PERCENT);
    }

    public static String decimal(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
