// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.SnapshotException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.record.TraceRecorder;

@DisplayName("A hostile guest")
class FuzzTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int STEPS = 15_000;
    private static final int RESTLESS_STEPS = 10_000;
    private static final int ONE_IN = 50;
    private static final int RESTORES_ONE_IN = 30;
    /** Guests of whom something was learnt. */
    private static final long[] FOUND = {5138, 5364};

    private static final long FIRST = Long.getLong("vsnd.seed", 1);
    private static final long ROUNDS = Long.getLong("vsnd.rounds", 6);

    private static Map<String, String> options(long seed) {
        return Map.of("outputs", "2", "inputs", "1", "msix", seed % 2 == 0 ? "2" : "6");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("breaks nothing with registers, rings and messages at random: a fresh driver plays afterwards")
    void breaksNothing(long seed) {
        breakNothing(VirtualMachine.open(options(seed)), seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    @DisplayName("breaks no recorder either: it fares no differently for being recorded, and the trace can be read")
    void breaksNoRecorder(long seed, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("hostile.jsonl");
        HostileGuest recorded;
        try (TraceRecorder recorder = TraceRecorder.open(file, true)) {
            recorded = breakNothing(VirtualMachine.openRecorded(options(seed), recorder), seed);
        }
        List<TraceStep> steps = TraceReader.read(file).steps();
        assertThat(steps).noneMatch(TraceStep.Unknown.class::isInstance);
        assertThat(steps.stream().filter(TraceStep.Used.class::isInstance)).hasSizeGreaterThan(50);
        assertThat(steps.stream().filter(TraceStep.Mark.class::isInstance).map(mark -> ((TraceStep.Mark) mark).name()))
                .as("what the recorder had to put up with")
                .anyMatch(remark -> remark.contains("cannot be read"))
                .anyMatch(remark -> remark.contains("the chain goes on, but"));
        HostileGuest alone = breakNothing(VirtualMachine.open(options(seed)), seed);
        assertThat(alone.restarts()).isEqualTo(recorded.restarts());
        assertThat(alone.returned()).isEqualTo(recorded.returned());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Tag("VQ-04")
    @Tag("VQ-23")
    @DisplayName(
            "breaks nothing with rings of every kind, with memory that changes while it is read, and suspended at random")
    void breaksNothingOverEveryRing(long seed) {
        Random random = new Random(seed);
        String rings = seed % 2 == 0 ? "packed,notification-data,suspend" : Habits.OFFERED;
        Map<String, String> options =
                Map.of("outputs", seed % 2 == 0 ? "2" : "1", "inputs", "1", "msix", "6", "virtio", rings);
        RestlessHost[] restless = new RestlessHost[1];
        VirtualMachine machine = VirtualMachine.restless(options, host -> restless[0] = host);
        try (Bus bus = machine.bus()) {
            machine.tape().countOnly();
            HostileGuest guest = new HostileGuest(machine, random, true);
            for (int step = 0; step < RESTLESS_STEPS; step++) {
                boolean isRestless = step % 100 < 20;
                restless[0].before(isRestless ? () -> tamper(guest, random) : () -> {});
                guest.act();
                assertHeld(machine);
                if (random.nextInt(RESTORES_ONE_IN) == 0) {
                    restoreInPlace(machine);
                }
            }
            restless[0].before(() -> {});
            endWell(machine, guest, DriverStyle.LINUX.withFeatures(Features.RING_PACKED));
            assertThat(guest.packed()).as("tampering with packed rings").isPositive();
            assertThat(guest.suspended()).as("looks at a suspended card").isPositive();
            bus.writeConfig(4, 2, 0x6);
            machine.driver(DriverStyle.PLAIN);
            assertThat(machine.card().budgetUse())
                    .filteredOn(use -> use.limit() == Limit.QUEUE_SEGMENTS)
                    .allMatch(use -> use.used() == 0);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(FOUND), LongStream.range(FIRST, FIRST + ROUNDS));
    }

    /** Whatever a guest makes of its card can be saved and restored. */
    private static void restoreInPlace(VirtualMachine machine) {
        byte[] snapshot = machine.card().snapshot();
        try {
            machine.card().restore(snapshot);
        } catch (SnapshotException e) {
            throw new AssertionError(e);
        }
        assertThat(machine.card().snapshot()).isEqualTo(snapshot);
    }

    private static void tamper(HostileGuest guest, Random random) {
        if (random.nextInt(ONE_IN) == 0) {
            guest.scribbleQuietly();
        }
    }

    /** What is in excess goes back at once, whatever the guest does. */
    private static void assertHeld(VirtualMachine machine) {
        for (CardBudget.Use use : machine.card().budgetUse()) {
            if (use.used() > use.most()) {
                throw new AssertionError(use.toString());
            }
        }
    }

    private HostileGuest breakNothing(VirtualMachine machine, long seed) {
        try (Bus bus = machine.bus()) { // the machine itself would complain of what the fuzz made of the vectors
            assertThat(bus.intxAsserted()).isFalse();
            machine.tape().countOnly();
            HostileGuest guest = new HostileGuest(machine, new Random(seed), false);
            for (int step = 0; step < STEPS; step++) {
                guest.act();
            }
            endWell(machine, guest, DriverStyle.LINUX.withMsix(seed % 2 == 0));
            return guest;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static void endWell(VirtualMachine machine, HostileGuest guest, DriverStyle style) {
        machine.bus().pass(5 * SECOND);
        SoundDriver fresh = machine.driver(style);
        PeriodStream stream = new PeriodStream(fresh, 0, true, StreamSetup.s16At48k(480, 1920));
        stream.start();
        stream.runUntil(50, SECOND);
        PeriodStream recording =
                new PeriodStream(fresh, fresh.firstStream(false), false, StreamSetup.s16At48k(480, 1920));
        recording.start();
        recording.runUntil(50, SECOND);
        assertThat(guest.restarts()).isPositive();
        assertThat(guest.accepted())
                .as("requests that were carried out: the fuzz gets deep")
                .isGreaterThan(50);
        assertThat(guest.returned()).as("messages that came back").isGreaterThan(50);
        assertThat(fresh.pci().status() & VirtioPciCommonCfg.STATUS_NEEDS_RESET).isZero();
        assertThat(machine.tape().sinks().stream()
                        .filter(sink -> !sink.isClosed())
                        .count())
                .isEqualTo(1);
    }
}
