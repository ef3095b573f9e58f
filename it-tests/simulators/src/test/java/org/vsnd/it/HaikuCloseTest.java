package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.it.haiku.KernelPanicException;

/**
 * Closes and reopens of a Haiku kernel (HAIKU.md section 13). What a real one did with this card as it was, and with QEMU's, is
 * in the tests of the model; how many sessions the others run, {@code -Dvsnd.closes} says.
 */
@DisplayName("A Haiku kernel that closes its sound card")
class HaikuCloseTest {
    private static final int CLOSES = Integer.getInteger("vsnd.closes", 1_000);
    private static final int CLOSES_OF_A_MACHINE = 100;
    private static final long LATE_NANOS = 25_000_000;
    /** Mean delays that make the model panic as often as a real kernel did, its work at a close being 0.1 ms. */
    private static final long VSND_NANOS = 50_000;

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
            HaikuSessions sessions = new HaikuSessions(
                    new UnrecognisedBus(machine.bus()), machine.tape(), 2, 0, new Random(closes));
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
        assertThat(panicsOf(64, Map.of(), mostlyAfter(VSND_NANOS, new Random(1)))).isCloseTo(28, within(10));
    }

    @Test
    @DisplayName("panics at 1 of 14 first closes with the pin (the real one's number)")
    void panicsWithThePinAsTheRealOne() {
        assertThat(panicsOf(64, Map.of("msix", "0"), mostlyAfter(VSND_NANOS, new Random(2)))).isBetween(1, 12);
    }

    @Test
    @DisplayName("panics at 1 of 117 first closes with a card that interrupts at once, as QEMU's does (the real one's number)")
    void panicsWithQemusCardAsTheRealOne() {
        assertThat(panicsOf(64, Map.of(), mostlyAfter(QEMU_NANOS, new Random(3)))).isLessThan(4);
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
            Supplier<Machine> machines, int cpus, long stepNanos, int closes, int ofAMachine, LongSupplier delays) {
        for (int done = 0; done < closes; ) {
            Random random = new Random(done);
            try (Machine machine = machines.get()) {
                HaikuSessions sessions = new HaikuSessions(machine.bus(), machine.tape(), cpus, stepNanos, random);
                sessions.haiku().kernel().interruptsComeLate(delays);
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
        closesInAnyOrder(
                () -> VirtualMachine.slow(options),
                cpus,
                0,
                CLOSES,
                CLOSES_OF_A_MACHINE,
                upTo(LATE_NANOS, new Random(cpus)));
    }
}
