// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of {@code vsnd serve --stats}.
 *
 * @param uptimeNanos since vsnd was started
 * @param cpuNanos of the whole process
 * @param allocatedBytes by device and audio threads
 */
public record ServeStatistics(long uptimeNanos, long cpuNanos, long allocatedBytes, List<Stream> streams) {
    /** One stream's part. */
    public record Stream(
            boolean playback,
            String state,
            long frames,
            long messages,
            long xruns,
            long reanchorings,
            long latencyFrames) {
        /** Whether it plays or records. */
        public boolean started() {
            return state.equals("STARTED");
        }
    }

    /** Every whole line of the file so far. */
    public static List<ServeStatistics> read(Path file) throws IOException {
        List<ServeStatistics> all = new ArrayList<>();
        String text = Files.readString(file);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            all.add(of(JsonParser.parseString(line).getAsJsonObject()));
        }
        return all;
    }

    private static ServeStatistics of(JsonObject json) {
        List<Stream> streams = new ArrayList<>();
        JsonArray devices = json.getAsJsonArray("devices");
        for (JsonElement device : devices) {
            for (JsonElement element : device.getAsJsonObject().getAsJsonArray("streams")) {
                JsonObject stream = element.getAsJsonObject();
                streams.add(new Stream(
                        stream.get("playback").getAsBoolean(),
                        stream.get("state").getAsString(),
                        stream.get("frames").getAsLong(),
                        stream.get("messages").getAsLong(),
                        stream.get("xruns").getAsLong(),
                        stream.get("reanchorings").getAsLong(),
                        stream.get("latency_frames").getAsLong()));
            }
        }
        return new ServeStatistics(
                json.get("uptime_ns").getAsLong(),
                json.get("cpu_ns").getAsLong(),
                json.get("allocated_bytes").getAsLong(),
                streams);
    }
}
