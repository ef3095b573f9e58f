package org.vsnd.nativebind.pulse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

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

            assertThat(PulseQuery.answers(server.address(), PATIENCE)).isTrue();
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
        assertThat(PulseQuery.answers(NOWHERE, PATIENCE)).isFalse();
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

            assertThat(PulseQuery.answers(server.address(), Duration.ofMillis(200)))
                    .isFalse();
        }
    }

    @Test
    void aMissingLibraryIsASentenceThatSaysWhatToInstall() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dvsnd.libpulse=libnowhere.so.7",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutLibrary.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), UTF_8);

        assertThat(java.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said)
                .contains("answers: false")
                .contains("The back end pulse needs libpulse.so.0, which cannot be loaded: apt-get install libpulse0.");
    }

    /** Runs in a JVM of its own. */
    static final class WithoutLibrary {
        private WithoutLibrary() {}

        public static void main(String[] arguments) {
            System.out.println("answers: " + PulseBackend.answers(Duration.ofSeconds(1)));
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
