// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.nativebind.LogLines;

class PulseBackendTest {
    private static final String NOWHERE = "unix:/nonexistent/pulse";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void withoutAServerItOpensAndIsSilent() throws Exception {
        try (LogLines log = new LogLines();
                PulseBackend backend = PulseBackend.open("", NOWHERE)) {
            AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
            sink.start();
            Device.awaitReport(sink, PositionReports.Kind.LOST);
            Device.await("the warning", () -> !log.all().isEmpty());

            assertThat(log.with("No PulseAudio server answers (Connection refused)"))
                    .hasSize(1);
            assertThat(backend.name()).isEqualTo("pulse");
        }
    }

    @Test
    void aFormatNobodyCanPlayIsSilenceAndOneWarning() throws Exception {
        PcmParams params = new PcmParams(PcmFormat.DSD_U8, 48_000, 2, 960);
        try (LogLines log = new LogLines();
                PulseBackend backend = PulseBackend.open("", NOWHERE)) {
            for (int i = 0; i < 3; i++) {
                AudioSink sink = backend.openSink(params, "output 0");
                sink.start();
                sink.close();
                backend.openSource(params, "input 1").close();
            }

            assertThat(log.with("DSD_U8")).hasSize(1);
        }
    }

    @Test
    void tooManyDevicesAreRefused() {
        assertThatThrownBy(() -> PulseBackend.open("a,b,c"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("pulse:SINK,SOURCE");
    }

    @Test
    void devicesAreListedWithTheDefaults() throws Exception {
        try (TestServer server = TestServer.start(TestServer.NULL_SINK, "module-null-sink sink_name=other")) {
            server.pactl("set-default-sink", "other");

            assertThat(PulseQuery.absence(server.address(), PATIENCE)).isEmpty();
            assertThat(PulseQuery.devices(server.address(), PATIENCE))
                    .contains(
                            new PulseDevice("cap", "Null Output", false, false, false),
                            new PulseDevice("other", "Null Output", false, false, true),
                            new PulseDevice("cap.monitor", "Monitor of Null Output", true, true, false),
                            new PulseDevice("other.monitor", "Monitor of Null Output", true, true, true));
        }
    }

    @Test
    void aServerThatIsNotThereDoesNotAnswer() {
        assertThat(PulseQuery.absence(NOWHERE, PATIENCE)).hasValue("No PulseAudio server answers (Connection refused)");
        assertThatThrownBy(() -> PulseQuery.devices(NOWHERE, PATIENCE))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("PULSE_SERVER");
    }

    @Test
    void aServerThatHangsDoesNotAnswerInTime() throws Exception {
        try (TestServer server = TestServer.start(TestServer.NULL_SINK)) {
            new ProcessBuilder("kill", "-STOP", Long.toString(server.pid()))
                    .start()
                    .waitFor();

            assertThat(PulseQuery.absence(server.address(), Duration.ofMillis(200)))
                    .hasValue("No PulseAudio server answers (Timeout)");
        }
    }

    @Test
    void aServerThatRefusesUsIsNotSaidToBeAbsent() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        // by TCP a server does not see whose process it is: it wants its cookie, which is in its folder
        String tcp = "module-native-protocol-tcp listen=127.0.0.1 port=" + port + " auth-cookie=of-its-own";
        try (LogLines log = new LogLines();
                TestServer server = TestServer.start(TestServer.NULL_SINK, tcp)) {
            String address = "tcp:127.0.0.1:" + port;
            String refusal = "The PulseAudio server refuses us (Access denied)";
            assertThat(server.pid()).isPositive();
            assertThat(PulseQuery.absence(address, PATIENCE)).hasValue(refusal);
            assertThatThrownBy(() -> PulseQuery.devices(address, PATIENCE))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining(refusal);
            try (PulseBackend backend = PulseBackend.open("", address)) {
                backend.openSink(Device.PARAMS, "output 0");
                Device.await("the refusal", () -> !log.with(refusal).isEmpty());
            }
            assertThat(log.with("answers")).isEmpty();
        }
    }

    @Test
    void whatLibpulseComplainsOfIsSaidOnce(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("client.conf"), "no-such-word = 1\n");
        String said =
                inAJvm(Map.of("PULSE_CLIENTCONFIG", config.toString(), "PULSE_SERVER", NOWHERE), TriesToConnect.class);

        assertThat(said.lines().filter(line -> line.contains("no-such-word"))).hasSize(1);
        assertThat(said.lines().filter(line -> line.contains("No PulseAudio server answers")))
                .hasSize(1);
    }

    /** Runs in a JVM of its own. */
    static final class TriesToConnect {
        private TriesToConnect() {}

        public static void main(String[] arguments) throws Exception {
            try (PulseBackend backend = PulseBackend.open("")) {
                backend.openSink(Device.PARAMS, "output 0");
                Thread.sleep(5 * PulseConnection.RETRY_NANOS / 1_000_000);
            }
        }
    }

    private static String inAJvm(Map<String, String> environment, Class<?> program, String... flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process java = builder.start();
        String said = new String(java.getInputStream().readAllBytes(), UTF_8);
        assertThat(java.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    @Test
    void aMissingLibraryIsASentenceThatSaysWhatToInstall() throws Exception {
        String said = inAJvm(Map.of(), WithoutLibrary.class, "-Dvsnd.libpulse=libnowhere.so.7");

        assertThat(said)
                .contains("PulseAudio's library is missing")
                .contains("The back end pulse needs libpulse.so.0, which cannot be loaded: apt-get install libpulse0.");
    }

    /** Runs in a JVM of its own. */
    static final class WithoutLibrary {
        private WithoutLibrary() {}

        public static void main(String[] arguments) {
            System.out.println(PulseBackend.absence(Duration.ofSeconds(1)));
            for (int i = 0; i < 2; i++) {
                try {
                    PulseBackend.open("").close();
                } catch (BackendException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }
}
