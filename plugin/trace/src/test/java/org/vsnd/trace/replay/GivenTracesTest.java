// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.GivenTraces;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;

@DisplayName("What guests did with another card, replayed with this one")
class GivenTracesTest {
    private static final long PERIOD_FRAMES = 16384;
    private static final long PREROLL_FRAMES = 5760;

    @ParameterizedTest
    @CsvSource({
        "boot_probe, 0, 0, 0, 0",
        "boot_probe_master, 0, 0, 0, 0",
        "boot_probe_5vectors, 0, 0, 0, 0",
        "playback_s16_48000, 10, 10, 1, 0",
        "record_s16_48000, 10, 10, 1, 0",
        "duplex_s16_48000, 6, 6, 1, 0",
        "forcestop_restart, 8, 8, 2, 4",
        "output_only_device, 8, 0, 1, 3",
    })
    @DisplayName("passes, with every message accounted for and one pre-roll for each start")
    void passes(String name, int played, int recorded, int starts, int invented) {
        ReplayResult result = EditedTrace.of(name).replay();
        assertThat(result.failures()).isEmpty();
        assertThat(result.passed()).isTrue();
        assertThat(result.hang()).isEmpty();
        Counts counts = result.counts();
        assertThat(counts.messages()).isEqualTo(played + recorded);
        assertThat(counts.soundFrames()).isEqualTo(played * PERIOD_FRAMES);
        assertThat(counts.recordedFrames()).isEqualTo(recorded * PERIOD_FRAMES);
        assertThat(counts.silentFrames()).isEqualTo(starts * PREROLL_FRAMES);
        assertThat(counts.inventedBuffers()).isEqualTo(invented);
        assertThat(counts.interrupts()).isEqualTo(counts.messages() + counts.controlReplies());
        assertThat(counts.accesses()).isGreaterThan(450);
        assertThat(result.flights()).hasSize(played + recorded);
    }

    @Test
    @DisplayName(
            "passes for Debian with this very card, recorded through QEMU: nothing is missing, nothing is in between")
    void passesForWhatWasRecordedHere() throws TraceException {
        ReplayResult result = Replay.run(
                TraceReader.read(GivenTraces.named("debian", "play_record_s16_48000")),
                new VirtioSoundPlugin()::create);
        assertThat(result.failures()).isEmpty();
        Counts counts = result.counts();
        assertThat(counts.controlReplies()).isEqualTo(22);
        assertThat(counts.messages()).isEqualTo(132);
        assertThat(counts.soundFrames()).isEqualTo(62 * 1024);
        assertThat(counts.silentFrames()).isZero();
        assertThat(counts.recordedFrames()).isGreaterThan(62 * 1024);
    }

    static List<Path> all() {
        return GivenTraces.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("passes, whatever lies in the folder of traces")
    void everyTracePasses(Path file) throws TraceException {
        ReplayResult result = Replay.run(TraceReader.read(file), new VirtioSoundPlugin()::create);
        assertThat(result.failures()).isEmpty();
        assertThat(result.counts().accesses()).isPositive();
    }

    @Test
    @DisplayName("is each of Haiku's either named here or known to hang")
    void noneIsLeftOut() {
        assertThat(GivenTraces.haiku()).hasSize(10);
    }

    @Test
    @DisplayName("goes on where the traced card never used a record buffer")
    void goesOnWhereTheOtherCardNeverRecords() {
        ReplayResult result = EditedTrace.of("hang_output_only_backend_no_rx").replay();
        assertThat(result.failures()).isEmpty();
        assertThat(result.hang()).hasValueSatisfying(hang -> {
            assertThat(hang.goesOn()).isTrue();
            assertThat(hang.why()).contains("this card has used");
        });
    }

    @Test
    @DisplayName("hangs with five vectors here as well, by its own fault")
    void hangsWithFiveVectorsHereAsWell() {
        ReplayResult result = EditedTrace.of("hang_5vectors_rxsem").replay();
        assertThat(result.failures()).isEmpty();
        assertThat(result.verdict()).isEqualTo("HANG");
        assertThat(result.options()).containsEntry("msix", "5");
        assertThat(result.hang()).hasValueSatisfying(hang -> {
            assertThat(hang.goesOn()).isFalse();
            assertThat(hang.why()).contains("the guest's own");
        });
    }

    @Test
    @DisplayName("hangs with five vectors also where the recorder could not know it (replay's verdict is HANG)")
    void hangsWhereTheRecorderDidNotKnow() {
        ReplayResult result = EditedTrace.of("hang_5vectors_rxsem")
                .without(TraceStep.Hang.class::isInstance)
                .replay();
        assertThat(result.verdict()).isEqualTo("HANG");
        assertThat(result.hang())
                .hasValueSatisfying(hang -> assertThat(hang.why()).contains("2 to 4 vectors"));
    }

    @Test
    @DisplayName("finds this card's exchanges a true period apart, which the traced ones were not")
    void exchangesAreAPeriodApart() {
        var flights = EditedTrace.of("playback_s16_48000").replay().flights();
        var records = flights.stream().filter(flight -> !flight.output()).toList();
        long tracedSpread = 0;
        for (int i = 1; i < records.size(); i++) {
            long nanos = records.get(i).toNanos() - records.get(i - 1).toNanos();
            assertThat(nanos).isBetween(341_333_332L, 341_333_334L);
            long micros = records.get(i).tracedToMicros() - records.get(i - 1).tracedToMicros();
            tracedSpread = Math.max(tracedSpread, Math.abs(micros - 341_333));
        }
        assertThat(tracedSpread).isGreaterThan(1000);
    }

    @Test
    @DisplayName("tells the differences that are the card's right from failures")
    void tellsDifferencesApart() {
        ReplayResult result = EditedTrace.of("duplex_s16_48000").replay();
        assertThat(result.differences())
                .extracting(Difference::what)
                .contains("capability pointer", "device_feature, word 0");
        assertThat(result.differences())
                .allSatisfy(difference -> assertThat(difference.traced()).isNotEqualTo(difference.came()));
    }
}
