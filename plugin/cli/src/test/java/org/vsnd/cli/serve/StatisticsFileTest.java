// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.spi.CardBudget;

class StatisticsFileTest {
    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("try") // closed before its time on purpose
    void theLastLineIsFinalAndNamesEveryStream() throws Exception {
        Path file = folder.resolve("stats");
        Path socket = folder.resolve("s");
        try (ServedDevice device =
                        new ServedDevice(Front.VFIO_USER, socket, Map.of("outputs", "2", "inputs", "1"), false);
                StatisticsFile statistics = new StatisticsFile(file, List.of(device))) {
            device.start();
            statistics.close();
            statistics.close();
        }

        List<String> lines = Files.readAllLines(file);
        JsonObject last = JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
        JsonObject device = last.getAsJsonArray("devices").get(0).getAsJsonObject();
        assertThat(last.get("final").getAsBoolean()).isTrue();
        assertThat(last.get("cpu_ns").getAsLong()).isPositive();
        assertThat(last.get("allocated_bytes").getAsLong()).isNotNegative();
        assertThat(device.get("socket").getAsString()).isEqualTo(socket.toString());
        assertThat(device.get("front").getAsString()).isEqualTo("vfio-user");
        assertThat(device.getAsJsonObject("budget").keySet())
                .contains(
                        "audio_bytes",
                        "host_streams",
                        "host_openers",
                        "queue_segments",
                        "dma_ranges",
                        "mappings",
                        "mapped_bytes");
        JsonObject audio = device.getAsJsonObject("budget").getAsJsonObject("audio_bytes");
        assertThat(audio.get("used").getAsLong()).isZero();
        assertThat(audio.get("most").getAsLong()).isEqualTo(CardBudget.Limit.AUDIO_BYTES.standard());
        assertThat(device.getAsJsonArray("streams"))
                .extracting(stream -> stream.getAsJsonObject().get("name").getAsString())
                .containsExactly("output 0", "output 1", "input 0");
        JsonObject stream = device.getAsJsonArray("streams").get(0).getAsJsonObject();
        assertThat(stream.keySet())
                .contains(
                        "frames",
                        "messages",
                        "xruns",
                        "reanchorings",
                        "slipped_frames",
                        "host_dropped_frames",
                        "host_silent_frames",
                        "latency_frames",
                        "latency_ns");
        assertThat(stream.getAsJsonObject("completion_error_ns").keySet()).contains("p50", "p99", "max");
    }

    @Test
    void aClosedDeviceHasRemovedItsSocketAndEndedItsThread() throws Exception {
        Path socket = folder.resolve("s");
        ServedDevice device = new ServedDevice(Front.VFIO_USER, socket, Map.of(), false);
        device.start();
        assertThat(socket).exists();

        device.close();
        device.close();

        assertThat(device.awaitEnd()).isTrue();
        assertThat(socket).doesNotExist();
    }
}
