// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.ForwardingBus;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.guest.haiku.KernelPanicException;
import org.vsnd.it.vfiouser.Personality;

/**
 * Closes and reopens of a Haiku kernel (HAIKU.md section 13). What a real one did with this card as it was, and with QEMU's, is
 * in the tests of the model; how many sessions the others run,
 * {@code -Dvsnd.closes} and {@code -Dvsnd.closes.wall} say.
 */
@DisplayName("A Haiku kernel that closes its sound card")
class HaikuCloseTest {
    private static final int CLOSES = Integer.getInteger("vsnd.closes", 1_000);
    /** By the wall clock, where a session takes a second. */
    private static final int WALL_CLOSES = Integer.getInteger("vsnd.closes.wall", 3);

    private static final int CLOSES_OF_A_MACHINE = 100;
    /** Of the reference host's bus. */
    private static final long STEP_NANOS = 100_000;

    private static final long LATE_NANOS = 25_000_000;
    /** Mean delays that make the model panic as often as a real kernel did, its work at a close being 0.1 ms. */
    private static final long VSND_NANOS = 85_000;

    private static final long QEMU_NANOS = 16_000;

    private static LongSupplier upTo(long nanos, Random random) {
        return () -> (long) (random.nextDouble() * nanos);
    }

    /** As an emulator's main loop has it: mostly soon, sometimes not. */
    private static LongSupplier mostlyAfter(long meanNanos, Random random) {
        return () -> (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
    }

    /** Whether a kernel panics that plays a little and closes, so many times, on a card that does not know its driver. */
    private static boolean panics(Map<String, String> options, LongSupplier delays, int closes) {
        try (VirtualMachine machine = VirtualMachine.open(options)) {
            machine.tape().countOnly();
            HaikuSessions sessions =
                    new HaikuSessions(new UnrecognisedBus(machine.bus()), machine.tape(), 2, 0, new Random(closes));
            sessions.haiku().kernel().interruptsComeLate(delays);
            for (int i = 0; i < closes; i++) {
                sessions.run(HaikuSessions.Order.SHORT);
                sessions.haiku().pass(LATE_NANOS);
            }
            return false;
        } catch (KernelPanicException e) {
            return true;
        }
    }

    private static int panicsOf(int firstCloses, Map<String, String> options, LongSupplier delays) {
        int panics = 0;
        for (int i = 0; i < firstCloses; i++) {
            panics += panics(options, delays, 1) ? 1 : 0;
        }
        return panics;
    }

    @Test
    @DisplayName("panics at 7 of 16 first closes with vectors, where the card does not know it (the real one's number)")
    void panicsAsTheRealOne() {
        assertThat(panicsOf(64, Map.of(), mostlyAfter(VSND_NANOS, new Random(1))))
                .isCloseTo(28, within(10));
    }

    @Test
    @DisplayName("panics at 1 of 14 first closes with the pin (the real one's number)")
    void panicsWithThePinAsTheRealOne() {
        assertThat(panicsOf(64, Map.of("msix", "0"), mostlyAfter(VSND_NANOS, new Random(2))))
                .isBetween(1, 12);
    }

    @Test
    @DisplayName(
            "panics at 1 of 117 first closes with a card that interrupts at once, as QEMU's does (the real one's number)")
    void panicsWithQemusCardAsTheRealOne() {
        assertThat(panicsOf(64, Map.of(), mostlyAfter(QEMU_NANOS, new Random(3))))
                .isLessThan(4);
    }

    @Test
    @DisplayName("panics at its second open with rings of 256, whatever its interrupts do (8 of 8 for the real one)")
    void panicsAtItsSecondOpen() {
        for (int i = 0; i < 8; i++) {
            assertThat(panics(Map.of(), () -> 0, 1)).isFalse();
            assertThat(panics(Map.of(), () -> 0, 2)).isTrue();
        }
    }

    /** So many sessions in any order, in machines that each live for some. */
    private static void closesInAnyOrder(
            Supplier<Machine> machines, int cpus, long stepNanos, int closes, int ofAMachine) {
        for (int done = 0; done < closes; ) {
            Random random = new Random(done);
            try (Machine machine = machines.get()) {
                HaikuSessions sessions = new HaikuSessions(machine.bus(), machine.tape(), cpus, stepNanos, random);
                sessions.haiku().kernel().interruptsComeLate(upTo(LATE_NANOS, random));
                for (int i = 0; i < ofAMachine && done < closes; i++, done++) {
                    sessions.any();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2,1", "2,2", "0,1", "0,2"})
    @DisplayName("lives, in every order of its life, and each session is exact")
    void lives(String vectors, int cpus) {
        Map<String, String> options = Map.of("msix", vectors);
        closesInAnyOrder(() -> VirtualMachine.slow(options), cpus, 0, CLOSES, CLOSES_OF_A_MACHINE);
    }

    @ParameterizedTest
    @CsvSource({"true,1", "true,2", "false,1", "false,2"})
    @DisplayName("lives on an emulator's bus of its own, in every order of its life, and each session is exact")
    void livesOnAnEcamHost(boolean msi, int cpus) {
        closesInAnyOrder(
                () -> ReferenceMachine.open(msi, Map.of()), cpus, STEP_NANOS, CLOSES / 10, CLOSES_OF_A_MACHINE);
    }

    @ParameterizedTest
    @CsvSource({"QEMU,2", "QEMU,0", "CLOUD_HYPERVISOR,2", "CLOUD_HYPERVISOR,0"})
    @DisplayName("lives over a vfio-user socket, in every order of its life, and nothing is lost")
    void livesOverAVfioUserSocket(Personality personality, String vectors) {
        Map<String, String> options = Map.of("msix", vectors);
        closesInAnyOrder(
                () -> ServedMachine.vfio(personality, options),
                2,
                HaikuSessions.WALL,
                WALL_CLOSES,
                CLOSES_OF_A_MACHINE);
    }

    /** Which of eight interrupts in a row are late, and where in the session they begin. */
    private static LongSupplier pattern(int late) {
        int[] count = {0};
        return () -> (late >> (count[0]++ & 7) & 1) == 0 ? 0 : LATE_NANOS;
    }

    @ParameterizedTest
    @EnumSource(
            value = HaikuSessions.Order.class,
            names = {"OPEN_ONLY", "BUFFERS_ONLY", "SHORT", "FORCE_STOP"})
    @DisplayName("lives whichever of its interrupts are late")
    void livesWhicheverInterruptsAreLate(HaikuSessions.Order order) {
        try (VirtualMachine machine = VirtualMachine.slow(Map.of())) {
            HaikuSessions sessions = new HaikuSessions(machine.bus(), machine.tape(), 2, 0, new Random(0));
            for (int late = 0; late < 256; late++) {
                sessions.haiku().kernel().interruptsComeLate(pattern(late));
                sessions.run(order);
            }
        }
    }

    @Test
    @DisplayName("lives without any wait on a host that interrupts at once")
    void livesOnAHostThatInterruptsAtOnce() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            HaikuSessions sessions = new HaikuSessions(machine.bus(), machine.tape(), 1, 0, new Random(0));
            sessions.haiku().kernel().interruptsComeLate(() -> 0);
            long before = machine.bus().nanoTime();
            sessions.run(HaikuSessions.Order.OPEN_ONLY);
            assertThat(machine.bus().nanoTime() - before)
                    .as("work at the close, and nothing else")
                    .isLessThan(1_000_000);
            for (int i = 0; i < CLOSES_OF_A_MACHINE; i++) {
                sessions.any();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IN_PROCESS_HOST_MASKS") // its messages are the other driver's
    @DisplayName("opens it again without a reset or an ACKNOWLEDGE, MSI-X left on, over every host")
    void opensAgainWithoutAReset(HostKind kind) {
        try (Machine machine = kind.open()) {
            StatusTap tap = new StatusTap(machine.bus());
            HaikuSessions sessions = new HaikuSessions(tap, machine.tape(), 1, HaikuSessions.WALL, new Random(0));
            sessions.run(HaikuSessions.Order.SHORT);
            tap.written.clear();
            for (int i = 0; i < 2; i++) {
                sessions.run(HaikuSessions.Order.EXCHANGES);
                assertThat(tap.written).containsExactly(0x0a, 0x0e, 0, 2);
                tap.written.clear();
            }
        }
    }

    /** Keeps what is written to device_status. */
    private static final class StatusTap extends ForwardingBus {
        private static final int VIRTIO_BAR = 4;

        private final List<Integer> written = new ArrayList<>();

        StatusTap(Bus bus) {
            super(bus);
        }

        @Override
        public void writeBar(int bar, long offset, int size, long value) {
            if (bar == VIRTIO_BAR && offset == VirtioPciCommonCfg.DEVICE_STATUS) {
                written.add((int) value);
            }
            super.writeBar(bar, offset, size, value);
        }
    }
}
