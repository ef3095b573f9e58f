// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;

/** How many messages a driver has in flight is what it does, not what it once did or promised. */
@DisplayName("A driver with")
class MessagesInFlightTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    private static final int PERIOD_BYTES = SETUP.periodBytes();
    private static final int TARGET_BYTES = 960 * 4;
    private static final int PREROLL_BYTES = 5760 * 4;

    /** Sends the pattern, in whatever portions. */
    private static final class Player {
        final SoundDriver driver;
        final List<Long> nanos = new ArrayList<>();
        final List<Integer> latencies = new ArrayList<>();
        private final List<SoundMessage> free = new ArrayList<>();
        private long bytes;

        Player(VirtualMachine machine, DriverStyle style) {
            driver = machine.driver(style);
            driver.open(0, SETUP);
            for (int i = 0; i < SETUP.periods(); i++) {
                free.add(driver.message(0, true, PERIOD_BYTES));
            }
            driver.onCompletion(message -> {
                free.add(message);
                nanos.add(driver.bus().nanoTime());
                latencies.add(message.latencyBytes());
            });
        }

        /** So many with one notification. */
        void send(int count) {
            for (int i = 0; i < count; i++) {
                SoundMessage message = free.remove(0);
                BytePattern.write(driver.bus().ram(), message.data(), PERIOD_BYTES, 0, bytes);
                bytes += PERIOD_BYTES;
                driver.submitQuietly(message);
            }
            driver.pci().kick(driver.pci().queue(SndWire.TX_QUEUE));
        }

        void awaitBack(int count) {
            assertThat(driver.await(() -> nanos.size() >= count, SECOND)).isTrue();
        }

        /** Keeps so many in flight until so many in all have come back. */
        void keep(int inFlight, int count) {
            while (nanos.size() < count) {
                int missing = inFlight - (SETUP.periods() - free.size());
                if (missing > 0) {
                    send(missing);
                }
                awaitBack(nanos.size() + 1);
            }
        }

        int latestLatency() {
            return latencies.get(latencies.size() - 1);
        }

        long interval(int index) {
            return nanos.get(index) - nanos.get(index - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("several messages that is late again and again keeps the latency it had")
    void severalThatIsLate(boolean eventIdx) {
        try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
            Player player = new Player(machine, DriverStyle.LINUX.withRing(true, eventIdx));
            player.send(4);
            player.driver.commandOk(SndWire.R_PCM_START, 0);
            player.keep(4, 20);
            for (int stop = 0; stop < 20; stop++) {
                machine.bus().pass(100 * MILLI);
                player.driver.poll();
                player.send(1); // late: one, and nothing more till it is done
                player.awaitBack(player.nanos.size() + 1);
                machine.bus().pass(15 * MILLI);
                int done = player.nanos.size();
                player.keep(4, done + 20);
                assertThat(player.latestLatency()).as("after stop " + stop).isEqualTo(TARGET_BYTES);
                for (int i = done + 6; i < done + 20; i++) {
                    assertThat(player.interval(i)).isEqualTo(10 * MILLI);
                }
            }
        }
    }

    @Test
    @DisplayName("a single message that begins to send several gets their latency, without a break or a burst")
    void singleThatBecomesSeveral() {
        try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
            Player player = new Player(machine, DriverStyle.LINUX);
            player.send(1);
            player.driver.commandOk(SndWire.R_PCM_START, 0);
            player.keep(1, 40);
            assertThat(player.latestLatency()).as("done ahead").isEqualTo(TARGET_BYTES + PERIOD_BYTES + 1920 * 4);
            player.keep(4, 100);
            assertThat(player.latestLatency()).isEqualTo(TARGET_BYTES);
            for (int i = 41; i < 100; i++) {
                assertThat(player.interval(i)).isBetween(10 * MILLI, 15 * MILLI);
            }
            assertThat(player.nanos.get(60) - player.nanos.get(40)).isLessThan(300 * MILLI);
            byte[] tape = machine.tape().sink().tape();
            byte[] pattern = BytePattern.bytes(0, 0, tape.length - PREROLL_BYTES);
            assertThat(Arrays.copyOf(tape, PERIOD_BYTES)).isEqualTo(Arrays.copyOf(pattern, PERIOD_BYTES));
            assertThat(Arrays.copyOfRange(tape, PERIOD_BYTES + PREROLL_BYTES, tape.length))
                    .as("the silence was before the second message, and nowhere else")
                    .isEqualTo(Arrays.copyOfRange(pattern, PERIOD_BYTES, pattern.length));
        }
    }

    @Test
    @DisplayName("a single message where it promised four is found out after its first")
    void promisesFourAndSendsOne() {
        try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
            Player player = new Player(machine, DriverStyle.LINUX);
            player.send(1);
            player.driver.commandOk(SndWire.R_PCM_START, 0);
            player.awaitBack(1);
            for (int i = 1; i < 100; i++) {
                machine.bus().pass(i % 3 * 4L * MILLI); // it thinks
                player.send(1);
                player.awaitBack(i + 1);
            }
            assertThat(machine.card().statistics().get(0).xruns()).isZero();
            byte[] tape = machine.tape().sink().tape();
            byte[] pattern = BytePattern.bytes(0, 0, tape.length - PREROLL_BYTES);
            assertThat(Arrays.copyOfRange(tape, PERIOD_BYTES + PREROLL_BYTES, tape.length))
                    .as("no break but the one behind the first period")
                    .isEqualTo(Arrays.copyOfRange(pattern, PERIOD_BYTES, pattern.length));
        }
    }
}
