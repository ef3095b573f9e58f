// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.record.TraceRecorder;

@DisplayName("A hostile guest")
class FuzzTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int STEPS = 15_000;
    private static final int RAM = VirtualMachine.RAM_BYTES;

    private int restarts;
    private int accepted;
    private int returned;
    private Random random = new Random();

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
        try (TraceRecorder recorder = TraceRecorder.open(file, true)) {
            breakNothing(VirtualMachine.openRecorded(options(seed), recorder), seed);
        }
        int recordedRestarts = restarts;
        int recordedReturned = returned;
        List<TraceStep> steps = TraceReader.read(file).steps();
        assertThat(steps).noneMatch(TraceStep.Unknown.class::isInstance);
        assertThat(steps.stream().filter(TraceStep.Used.class::isInstance)).hasSizeGreaterThan(50);
        assertThat(steps.stream().filter(TraceStep.Mark.class::isInstance).map(mark -> ((TraceStep.Mark) mark).name()))
                .as("what the recorder had to put up with")
                .anyMatch(remark -> remark.contains("cannot be read"))
                .anyMatch(remark -> remark.contains("the chain goes on, but"));
        restarts = 0;
        accepted = 0;
        returned = 0;
        breakNothing(VirtualMachine.open(options(seed)), seed);
        assertThat(restarts).isEqualTo(recordedRestarts);
        assertThat(returned).isEqualTo(recordedReturned);
    }

    private void breakNothing(VirtualMachine machine, long seed) {
        random = new Random(seed);
        try (Bus bus = machine.bus()) { // the machine itself would complain of what the fuzz made of the vectors
            assertThat(bus.intxAsserted()).isFalse();
            machine.tape().countOnly();
            SoundDriver driver = machine.driver(DriverStyle.PLAIN);
            driver.onCompletion(message -> returned++);
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> machine.bus().writeConfig(configOffset(), size(4), value());
                    case 1 -> machine.bus().readConfig(random.nextInt(4096), size(4));
                    case 2 ->
                        machine.bus().writeBar(random.nextInt(6), random.nextInt(0x4100), size(8), random.nextLong());
                    case 3 -> machine.bus().readBar(random.nextInt(6), random.nextInt(0x4100) - 64L, size(8));
                    case 4 -> driver.pci().common(2 * random.nextInt(32), 2, random.nextInt(6));
                    case 5 -> driver.pci().status(random.nextInt(4) == 0 ? random.nextInt(256) : 15);
                    case 6 -> notifyAny(machine);
                    case 7, 8 -> scribble(machine, driver);
                    case 9, 10 -> useOrRestart(machine, driver);
                    default -> machine.bus().pass(random.nextInt(30_000_000));
                }
            }
            machine.bus().pass(5 * SECOND);
            SoundDriver fresh = machine.driver(DriverStyle.LINUX.withMsix(seed % 2 == 0));
            PeriodStream stream = new PeriodStream(fresh, 0, true, StreamSetup.s16At48k(480, 1920));
            stream.start();
            stream.runUntil(50, SECOND);
            PeriodStream recording = new PeriodStream(fresh, 2, false, StreamSetup.s16At48k(480, 1920));
            recording.start();
            recording.runUntil(50, SECOND);
            assertThat(restarts).isPositive();
            assertThat(accepted)
                    .as("requests that were carried out: the fuzz gets deep")
                    .isGreaterThan(50);
            assertThat(returned).as("messages that came back").isGreaterThan(50);
            assertThat(fresh.pci().status() & VirtioPciCommonCfg.STATUS_NEEDS_RESET)
                    .isZero();
            assertThat(machine.tape().sinks().stream()
                            .filter(sink -> !sink.isClosed())
                            .count())
                    .isEqualTo(1);
        }
    }

    private void count(int status) {
        accepted += status == SndWire.S_OK ? 1 : 0;
    }

    private int configOffset() {
        return random.nextBoolean() ? random.nextInt(256) : random.nextInt(4096);
    }

    private int size(int most) {
        return Math.min(most, 1 << random.nextInt(4));
    }

    private int value() {
        return random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(3) - 1;
    }

    private void notifyAny(VirtualMachine machine) {
        machine.bus().writeBar(4, 0x3000 + 4L * random.nextInt(6), random.nextBoolean() ? 2 : 4, random.nextInt(8));
    }

    /** Random numbers where descriptors, indexes and requests are. */
    private void scribble(VirtualMachine machine, SoundDriver driver) {
        int queue = random.nextInt(4);
        long base = switch (random.nextInt(3)) {
            case 0 -> driver.pci().queue(queue).descAddress();
            case 1 -> driver.pci().queue(queue).availAddress();
            default -> driver.pci().queue(queue).usedAddress();
        };
        for (int i = random.nextInt(8); i >= 0; i--) {
            long at = base + 2L * random.nextInt(16);
            switch (random.nextInt(3)) {
                case 0 -> machine.bus().ram().put16(at, random.nextInt(8));
                case 1 -> machine.bus().ram().put32(base + 16L * random.nextInt(4), random.nextInt(RAM));
                default -> machine.bus().ram().put16(at, random.nextInt());
            }
        }
    }

    /** Something sensible in between, so that the fuzz gets deep; what the driver complains of is its own doing. */
    private void useOrRestart(VirtualMachine machine, SoundDriver driver) {
        try {
            switch (random.nextInt(4)) {
                case 0 -> {
                    machine.bus().writeConfig(4, 2, 0x6);
                    driver.start();
                }
                case 1 ->
                    count(driver.setParams(random.nextInt(3), StreamSetup.s16At48k(480, random.nextInt(3) * 480)));
                case 2 -> count(driver.command(SndWire.R_PCM_PREPARE + random.nextInt(4), random.nextInt(3)));
                default -> {
                    int stream = random.nextInt(3);
                    driver.submit(driver.message(stream, stream < 2, random.nextInt(2000)));
                    driver.poll();
                }
            }
        } catch (DeviceFaultException e) {
            restarts++; // the rings are not what they were: no wonder
        } catch (IllegalStateException | IllegalArgumentException e) {
            // the driver's queue or memory is full, or its own ring leads it astray; the device must not throw
            assertThat(e.getStackTrace()[0].getClassName()).startsWith("org.vsnd.guest.driver.");
        }
    }
}
