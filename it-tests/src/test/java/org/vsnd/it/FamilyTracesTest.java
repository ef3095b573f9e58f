// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.guest.family.GuestTroubleException;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.record.TraceRecorder;
import org.vsnd.trace.replay.Replay;
import org.vsnd.trace.replay.ReplayResult;

/**
 * What each family does, as a trace. The system property {@code vsnd.guests.traces=write} writes the traces that are in
 * the repository; {@code docs/TESTING.md} has the command.
 */
@DisplayName("Every family's trace")
class FamilyTracesTest {
    private static final long MILLI = 1_000_000L;
    private static final Path KEPT = Path.of("src/test/resources/families");
    private static final long MOST_BYTES = 1_000_000;

    @TempDir
    Path folder;

    @BeforeAll
    static void write() throws IOException {
        if ("write".equals(System.getProperty("vsnd.guests.traces"))) {
            for (GuestFamily family : GuestFamilies.ALL) {
                record(family, Files.createDirectories(KEPT));
            }
        }
    }

    static List<GuestFamily> families() {
        return GuestFamilies.ALL;
    }

    private static String fileName(GuestFamily family) {
        return family.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_") + ".jsonl";
    }

    private static void live(GuestFamily family, Machine machine) {
        HeardStages heard = new HeardStages();
        FamilyDriver driver = family.driver().apply(machine.bus());
        try {
            driver.boot();
            driver.play(heard::next, 250 * MILLI);
            if (family.records()) {
                driver.record(bytes -> {}, 120 * MILLI);
            }
            driver.begin(heard::next, 100 * MILLI);
            driver.stop();
            driver.play(heard::next, 100 * MILLI);
            driver.close();
        } catch (GuestTroubleException e) {
            assertThat(family.plays()).as(e.getMessage()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    @DisplayName("replays with nothing amiss when it has just been recorded")
    void recordedNow(GuestFamily family) throws Exception {
        replays(family, record(family, folder));
    }

    private static Path record(GuestFamily family, Path into) throws IOException {
        Path file = into.resolve(fileName(family));
        try (TraceRecorder recorder = TraceRecorder.open(file, false);
                VirtualMachine machine = VirtualMachine.openRecorded(family.options(), recorder)) {
            live(family, machine);
        }
        return file;
    }

    @ParameterizedTest
    @MethodSource("families")
    @DisplayName("replays with nothing amiss as it was recorded before")
    void recordedBefore(GuestFamily family) throws Exception {
        replays(family, KEPT.resolve(fileName(family)));
    }

    private static void replays(GuestFamily family, Path file) throws TraceException {
        ReplayResult result = Replay.run(TraceReader.read(file), (host, options, audio) -> {
            Map<String, String> all = new HashMap<>(family.options());
            all.putAll(options);
            return new VirtioSoundPlugin().create(host, all, audio);
        });
        assertThat(result.failures()).isEmpty();
        if (family.plays()) {
            assertThat(result.counts().messages()).isPositive();
        }
    }

    @Test
    @DisplayName("is small, all of them together too")
    void areSmall() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(KEPT)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThan(MOST_BYTES);
    }
}
