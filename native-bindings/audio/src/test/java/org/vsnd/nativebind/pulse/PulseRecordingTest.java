// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

class PulseRecordingTest {
    private static final int SECOND = 48_000;
    private static final byte[] PATTERN = Pattern.frames(SECOND);

    private TestServer server;
    private PulseBackend backend;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(TestServer.NULL_SINK);
        backend = PulseBackend.open("cap,cap.monitor", server.address());
    }

    @AfterEach
    void stop() throws Exception {
        backend.close();
        server.close();
    }

    @Test
    void everyFrameIsRecordedOnceAndInOrder() throws Exception {
        AudioSource source = backend.openSource(Device.PARAMS, "input 1");
        source.start();
        Device.await("the source to open", () -> sources().contains("media.name = \"input 1\""));
        Process player = play();
        byte[] recorded = Device.record(source, 3 * SECOND);
        player.destroyForcibly().onExit().join();

        int at = Pattern.find(recorded, PATTERN);
        assertThat(at).isNotNegative();
        assertThat(Pattern.same(recorded, at, PATTERN)).isEqualTo(SECOND);
    }

    @Test
    void theServerHasAStreamThatRecordsNothingUntilItIsStarted() {
        assertThat(sources()).doesNotContain("Source Output");
        AudioSource source = backend.openSource(Device.PARAMS, "input 1");
        Device.await("the source to open", () -> sources().contains("media.name = \"input 1\""));
        assertThat(sources()).contains("Corked: yes");
        source.start();
        Device.await("the source to record", () -> sources().contains("Corked: no"));
        source.close();

        Device.await("the source to close", () -> !sources().contains("Source Output"));
    }

    @Test
    void aFormatTheServerLacksIsMadeFromAWiderOne() throws Exception {
        PcmParams params = new PcmParams(PcmFormat.U16, SECOND, 2, SECOND / 5);
        AudioSource source = backend.openSource(params, "input 1");
        source.start();
        Device.await("the source to open", () -> sources().contains("media.name = \"input 1\""));
        Process player = play();
        byte[] recorded = Device.record(source, 3 * SECOND);
        player.destroyForcibly().onExit().join();

        for (int high = 1; high < recorded.length; high += 2) {
            recorded[high] ^= (byte) 0x80; // offset binary
        }
        int at = Pattern.find(recorded, PATTERN);
        assertThat(at).isNotNegative();
        assertThat(Pattern.same(recorded, at, PATTERN)).isEqualTo(SECOND);
    }

    private Process play() throws IOException {
        Path file = server.folder().resolve("played.raw");
        byte[] played = new byte[2 * PATTERN.length]; // silence, the pattern, silence
        System.arraycopy(PATTERN, 0, played, PATTERN.length / 2, PATTERN.length);
        Files.write(file, played);
        return server.run(
                "pacat.log",
                List.of(
                        "pacat",
                        "-d",
                        "cap",
                        "--format=s16le",
                        "--rate=48000",
                        "--channels=2",
                        "--raw",
                        file.toString()));
    }

    private String sources() {
        try {
            return server.pactl("list", "source-outputs") + server.pactl("list", "short", "sources");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
