// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.nativebind.LogLines;

class PulseLossTest {
    private static final byte[] PATTERN = Pattern.frames(4_800);

    private static final int ROUNDS = 10;

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
    void soundReturnsWhenTheServerDoes() throws Exception {
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        try (LogLines log = new LogLines()) {
            server.kill();
            Device.awaitReport(sink, PositionReports.Kind.LOST);
            server.restart();
            Device.awaitReport(sink, PositionReports.Kind.POSITION);

            assertThat(log.with("PulseAudio is lost")).hasSize(1);
            assertThat(log.with("PulseAudio is back")).hasSize(1);
            assertThat(log.all()).hasSize(2);
        }
        try (MonitorRecorder recorder = new MonitorRecorder(server, "cap")) {
            Device.playUntil(sink, PATTERN, "the pattern", () -> Pattern.find(recorder.heard(), PATTERN) >= 0);
        }
    }

    @Test
    void aSinkThatIsUnloadedAndLoadedAgainIsFound() throws Exception {
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        try (LogLines log = new LogLines()) {
            server.pactl("unload-module", "module-null-sink");
            Device.awaitReport(sink, PositionReports.Kind.LOST);
            Device.await("the warning", () -> !log.with("output 0 is silent").isEmpty());
            server.pactl("load-module", "module-null-sink", "sink_name=cap", "norewinds=1");
            Device.awaitReport(sink, PositionReports.Kind.POSITION);

            assertThat(log.with("output 0 is silent")).hasSize(1);
            assertThat(log.with("output 0 is back")).hasSize(1);
        }
    }

    @Test
    void aStreamThatIsMovedGoesOnAtItsNewSink() throws Exception {
        server.pactl("load-module", "module-null-sink", "sink_name=other", "norewinds=1", "rate=48000");
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        String index = server.pactl("list", "short", "sink-inputs").split("\\s", 2)[0];
        try (MonitorRecorder recorder = new MonitorRecorder(server, "other")) {
            server.pactl("move-sink-input", index, "other");
            Device.playUntil(
                    sink, PATTERN, "the pattern at the other sink", () -> Pattern.find(recorder.heard(), PATTERN) >= 0);
        }
    }

    @Test
    void aSuspendedSinkIsSilenceUntilItGoesOn() throws Exception {
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        server.pactl("suspend-sink", "cap", "1");
        Device.awaitReport(sink, PositionReports.Kind.LOST);
        server.pactl("suspend-sink", "cap", "0");

        Device.awaitReport(sink, PositionReports.Kind.POSITION);
    }

    @Test
    void aServerThatHangsNeitherBlocksTheDeviceNorClosing() throws Exception {
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        signal("STOP");
        Device.awaitReport(sink, PositionReports.Kind.LOST);
        AudioSink another = backend.openSink(Device.PARAMS, "output 1");
        another.start();
        long start = System.nanoTime();
        backend.close();

        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void latencyThatAHangingServerRaisedFallsAgain() throws Exception {
        PcmParams params = new PcmParams(PcmFormat.S16, Device.RATE_HZ, 2, Device.RATE_HZ / 10);
        AudioSink sink = backend.openSink(params, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        while (sink.targetFrames() == params.targetFrames()) {
            signal("STOP");
            Thread.sleep(300);
            signal("CONT");
            Device.awaitReport(sink, PositionReports.Kind.XRUN);
            Device.awaitReport(sink, PositionReports.Kind.POSITION);
        }

        Device.playUntil(sink, PATTERN, "the latency asked for", () -> sink.targetFrames() == params.targetFrames());
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(server.pid()))
                .start()
                .waitFor();
    }

    @Test
    void streamsThatAreClosedWhileTheServerMakesThemAreNotLeftThere() throws Exception {
        for (int i = 0; i < 50; i++) {
            PcmParams params = new PcmParams(PcmFormat.S16, Device.RATE_HZ, 2, Device.RATE_HZ / 50 + i);
            backend.openSink(params, "output 0").close();
            AudioSource source = backend.openSource(params, "input 1");
            source.start();
            source.close();
        }

        Device.await("no stream", () -> count("sink-inputs") == 0 && count("source-outputs") == 0);
    }

    private long count(String what) {
        try {
            return server.pactl("list", "short", what).lines().count();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nothingIsLeftOfConnectionsAndStreams() throws Exception {
        for (int i = 0; i < 3; i++) {
            openAndClose();
        }
        long threads = threads();
        long files = files();
        for (int i = 0; i < ROUNDS; i++) {
            openAndClose();
        }

        assertThat(threads()).isLessThanOrEqualTo(threads);
        // others in this process open and close files too; a leak would be one each round
        assertThat(files()).isLessThan(files + ROUNDS);
        assertThat(server.pactl("list", "short", "sink-inputs")).isBlank();
        assertThat(server.pactl("list", "short", "source-outputs")).isBlank();
    }

    private void openAndClose() throws Exception {
        try (PulseBackend once = PulseBackend.open("cap,cap.monitor", server.address())) {
            AudioSink sink = once.openSink(Device.PARAMS, "output 0");
            AudioSource source = once.openSource(Device.PARAMS, "input 1");
            sink.start();
            source.start();
            Device.awaitReport(sink, PositionReports.Kind.POSITION);
            source.close();
            sink.close();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vsnd"))
                .count();
    }

    private static long files() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
