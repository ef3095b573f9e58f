// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.ServeStatistics;
import org.vsnd.bench.ServeStatistics.Stream;
import org.vsnd.bench.Shape;

/** What the device says it reported, from {@code --stats}. */
final class Reported {
    private static final double NANOS_PER_SECOND = 1e9;

    private Reported() {}

    /** The latency of the playback stream, once per second of its running, after a warm-up. */
    static List<LatencyTrend.At> playback(List<ServeStatistics> lines, double warmUpNanos) {
        List<LatencyTrend.At> all = new ArrayList<>();
        long first = -1;
        for (ServeStatistics line : lines) {
            for (Stream stream : line.streams()) {
                if (stream.playback() && stream.started() && stream.messages() > 0) {
                    first = first < 0 ? line.uptimeNanos() : first;
                    if (line.uptimeNanos() - first >= warmUpNanos) {
                        double nanos = stream.latencyFrames() * NANOS_PER_SECOND / Shape.RATE_HZ;
                        all.add(new LatencyTrend.At(line.uptimeNanos(), nanos));
                    }
                }
            }
        }
        return all;
    }

    /** Of the playback streams, from the start to the last line. */
    static long playbackXruns(List<ServeStatistics> lines) {
        return lines.isEmpty()
                ? 0
                : lines.get(lines.size() - 1).streams().stream()
                        .filter(Stream::playback)
                        .mapToLong(Stream::xruns)
                        .sum();
    }
}
