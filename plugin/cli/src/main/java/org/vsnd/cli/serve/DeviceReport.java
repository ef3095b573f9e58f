// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import org.vsnd.server.ServerStatistics;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.CardBudget;

/** A device's numbers as JSON, for {@code --stats} and {@code vsnd ctl stats}. Any thread. */
public final class DeviceReport {
    private DeviceReport() {}

    /** The numbers of one device. */
    public static JsonObject of(ServedDevice device) {
        ServerStatistics clients = device.clients();
        JsonObject json = new JsonObject();
        json.addProperty("socket", device.socket().toString());
        json.addProperty("front", device.front().protocol());
        json.addProperty("connections", clients.connections());
        json.addProperty("client_connected", clients.clientConnected());
        json.addProperty("socket_messages", clients.messages());
        json.add("budget", describe(device.budgetUse()));
        JsonArray streams = new JsonArray();
        device.streams().forEach(stream -> streams.add(describe(stream)));
        json.add("streams", streams);
        return json;
    }

    /** For each limit: what is used, and the most that may be used. */
    private static JsonObject describe(List<CardBudget.Use> budget) {
        JsonObject json = new JsonObject();
        for (CardBudget.Use use : budget) {
            JsonObject one = new JsonObject();
            one.addProperty("used", use.used());
            one.addProperty("most", use.most());
            json.add(use.limit().name().toLowerCase(Locale.ROOT), one);
        }
        return json;
    }

    private static JsonObject describe(StreamStatistics stream) {
        JsonObject errors = new JsonObject();
        errors.addProperty("count", stream.completionErrors().count());
        errors.addProperty("p50", stream.completionErrors().quantileNanos(0.50));
        errors.addProperty("p99", stream.completionErrors().quantileNanos(0.99));
        errors.addProperty("max", stream.completionErrors().maxNanos());
        JsonObject json = new JsonObject();
        json.addProperty("name", stream.name());
        json.addProperty("playback", stream.playback());
        json.addProperty("state", stream.state().toString());
        json.addProperty("rate_hz", stream.rateHz());
        json.addProperty("frames", stream.frames());
        json.addProperty("messages", stream.messages());
        json.addProperty("xruns", stream.xruns());
        json.addProperty("reanchorings", stream.reanchorings());
        json.addProperty("slipped_frames", stream.slippedFrames());
        json.addProperty("host_dropped_frames", stream.hostDroppedFrames());
        json.addProperty("host_silent_frames", stream.hostSilentFrames());
        json.addProperty("latency_frames", stream.latencyFrames());
        json.addProperty("latency_ns", latencyNanos(stream));
        json.add("completion_error_ns", errors);
        return json;
    }

    private static long latencyNanos(StreamStatistics stream) {
        int rateHz = stream.rateHz();
        return rateHz == 0 ? 0 : stream.latencyFrames() * 1_000_000_000L / rateHz;
    }
}
