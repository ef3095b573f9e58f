// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.guest.family.GuestTroubleException;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.replay.Replay;

@DisplayName("The log names the family of a driver")
class FamilyRecognitionTest {
    private static final long SOUND_NANOS = 200_000_000L;

    private final Logger log = Logger.getLogger("org.vsnd.plugin.FamilyLog");
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.setLevel(Level.INFO);
        log.setUseParentHandlers(false);
        log.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(handler);
        log.setUseParentHandlers(true);
        log.setLevel(null);
    }

    static Stream<GuestFamily> families() {
        return GuestFamilies.ALL.stream().filter(family -> !family.name().endsWith("with KVM")); // which nothing helps
    }

    @ParameterizedTest
    @MethodSource("families")
    @DisplayName("of each model, once, and gives no advice that was followed")
    void model(GuestFamily family) {
        live(family, family.options());
        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("the driver behaves like that of " + firstWord(family.name()))
                        .doesNotContain("would help"));
    }

    @ParameterizedTest
    @MethodSource("families")
    @DisplayName("of each model, with the option that helps it")
    void advice(GuestFamily family) {
        live(family, Map.of());
        if (family.name().startsWith("Aero")) {
            assertThat(lines).isEmpty(); // it gives up because of the channel maps, and has asked for nothing
            return;
        }
        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(line.contains("would help"))
                        .as(line)
                        .isEqualTo(!family.options().isEmpty()));
    }

    private static void live(GuestFamily family, Map<String, String> options) {
        try (Machine machine = HostKind.IN_PROCESS.open(options)) {
            FamilyDriver driver = family.driver().apply(machine.bus());
            try {
                driver.boot();
                driver.play(bytes -> new byte[bytes], SOUND_NANOS);
                driver.play(bytes -> new byte[bytes], SOUND_NANOS);
            } catch (GuestTroubleException e) {
                // it has shown enough of itself
            }
        }
    }

    private static String firstWord(String name) {
        return name.replaceFirst("[ ,].*", "");
    }

    @Test
    @DisplayName("of Linux and of Haiku, by their traces")
    void traces() throws Exception {
        replay("debian/play_record_s16_48000.jsonl");
        assertThat(lines).containsExactly("the driver behaves like that of Linux");
        lines.clear();
        replay("haiku/duplex_s16_48000.jsonl");
        assertThat(lines).containsExactly("the driver behaves like that of Haiku"); // with the formats of its profile
    }

    private static void replay(String name) throws Exception {
        Trace trace = TraceReader.read(java.nio.file.Path.of("../plugin/trace/src/test/resources/traces", name));
        Replay.run(trace, new VirtioSoundPlugin()::create);
    }
}
