// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.util.Locale;

/**
 * One thing that the driver of a trace does, with the first place where it does it.
 *
 * @param line of the trace, from 1
 * @param micros of the trace's clock
 * @param count how often it was seen, at least once
 * @param seen what exactly was seen the first time
 */
public record Remark(RemarkKind kind, int line, long micros, long count, String seen) {
    /** Where it is, how often, and where the standard and the project's checklist speak of it. */
    public String place() {
        return String.format(
                Locale.ROOT,
                "line %d at %.6f s, %s; section %s, %s",
                line,
                micros / 1e6,
                count == 1 ? "once" : count + " times",
                kind.section(),
                kind.checklist());
    }

    @Override
    public String toString() {
        return kind.weight() + ": the driver " + kind.what() + ": " + seen + " (" + place() + "). Instead: "
                + kind.instead();
    }
}
