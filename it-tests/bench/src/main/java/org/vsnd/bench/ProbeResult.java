// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What pcmprobe found out about one stream.
 *
 * @param stream {@code playback} or {@code capture}
 * @param frames frames played or recorded
 * @param wakeUps intervals between wake-ups, or null if there were too few
 * @param reportedLatencyFrames what the device reported, as {@code delay} minus the guest's own queue; or null if the
 *     probe did not ask
 * @param failure what ended the stream early, or null
 */
public record ProbeResult(
        String stream,
        long frames,
        long xruns,
        @Nullable Spread wakeUps,
        @Nullable FrameRange reportedLatencyFrames,
        @Nullable String failure) {

    /** Intervals in nanoseconds. */
    public record Spread(long p1Nanos, long p50Nanos, long p99Nanos, long maxNanos) {}

    /** The smallest and the largest seen, in frames. */
    public record FrameRange(long min, long max) {}

    /** Reads one object per line; other lines are skipped. */
    public static List<ProbeResult> parse(String output) {
        return output.lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> of(JsonParser.parseString(line).getAsJsonObject()))
                .toList();
    }

    private static ProbeResult of(JsonObject json) {
        return new ProbeResult(
                json.get("stream").getAsString(),
                json.get("frames").getAsLong(),
                json.get("xruns").getAsLong(),
                json.has("p99_ns") ? spread(json) : null,
                json.has("reported_latency_min") ? latency(json) : null,
                json.has("failed") ? json.get("failed").getAsString() : null);
    }

    private static Spread spread(JsonObject json) {
        return new Spread(
                json.get("p1_ns").getAsLong(),
                json.get("p50_ns").getAsLong(),
                json.get("p99_ns").getAsLong(),
                json.get("max_ns").getAsLong());
    }

    private static FrameRange latency(JsonObject json) {
        return new FrameRange(
                json.get("reported_latency_min").getAsLong(),
                json.get("reported_latency_max").getAsLong());
    }

    /** Whether the stream stood still until the probe gave up. */
    public boolean hung() {
        return failure != null && failure.startsWith("poll");
    }
}
