// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.List;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Numbers;
import org.vsnd.measure.Sample;

/**
 * Reported against measured latency of one stream.
 *
 * @param allowanceNanos how far apart they may be, or 0 for what is only quoted
 * @param releaseNanos how long RELEASE took to be answered
 */
record LatencyLine(
        String what,
        String target,
        Sample reported,
        Sample measured,
        Sample error,
        double allowanceNanos,
        long releaseNanos,
        String remark) {
    private static final int P99 = 99;
    /** A control request must not wait for host audio; the client and its machine are in this too. */
    private static final double AT_ONCE_NANOS = 10e6;

    /** One message: what the device reported with it, and how long its end really had to go, or had come. NaN: not known. */
    record Pair(double reportedNanos, double measuredNanos) {}

    static LatencyLine of(
            String what, String target, List<Pair> pairs, double allowanceNanos, long releaseNanos, String remark) {
        List<Pair> known =
                pairs.stream().filter(pair -> !Double.isNaN(pair.measuredNanos)).toList();
        return new LatencyLine(
                what,
                target,
                Sample.of(known.stream().mapToDouble(Pair::reportedNanos).toArray()),
                Sample.of(known.stream().mapToDouble(Pair::measuredNanos).toArray()),
                Sample.of(known.stream()
                        .mapToDouble(pair -> pair.reportedNanos - pair.measuredNanos)
                        .toArray()),
                allowanceNanos,
                releaseNanos,
                remark);
    }

    void judge(Document document) {
        document.goal(
                Math.abs(error.median()) <= allowanceNanos,
                "reported latency against measured, " + what + ", target " + target);
        document.goal(releaseNanos <= AT_ONCE_NANOS, "RELEASE answered at once, " + what + ", target " + target);
    }

    void row(MarkdownTable table) {
        table.row(
                what,
                target,
                "" + error.count(),
                Numbers.millis(reported.median()),
                Numbers.millis(measured.median()),
                Numbers.signedMillis(error.median()),
                Numbers.signedMillis(error.percentile(100 - P99)),
                Numbers.signedMillis(error.percentile(P99)),
                Numbers.millis(allowanceNanos),
                Numbers.millis((double) releaseNanos),
                remark);
    }
}
