// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.measure.TimeSourceFit;
import org.vsnd.trace.tape.TapeSource;

@DisplayName("Haiku's exchange of buffers")
class HaikuExchangeTest {
    private static final int EXCHANGES = 15;

    @ParameterizedTest
    @CsvSource({
        "S16,48000,0", "S16,48000,2", "S16,48000,10", "S16,48000,35", "S16,48000,70", "S32,48000,0", "S32,48000,2",
        "S32,48000,10", "S32,48000,35", "S32,48000,70", "S16,44100,0", "S16,44100,2", "S16,44100,10", "S16,44100,35",
        "S16,44100,70", "S32,44100,2"
    })
    @DisplayName("takes exactly a period, and loses nothing either way, whatever the media server's think time")
    void isExact(SampleFormat format, int rateHz, long thinkMillis) {
        try (VirtualMachine machine = VirtualMachine.guarded();
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            MultiAudioNode node = guest.play(NodeSettings.of(format, rateHz).thinking(thinkMillis * HaikuGuest.MILLI));
            node.exchange(EXCHANGES);
            HaikuGuest.assertExact(node.exchanges(), 0, rateHz);
            BufferExchange first = node.exchanges().get(0);
            assertThat(first.playedNanos() - first.startNanos())
                    .as("120 - 40 ms")
                    .isEqualTo(80 * HaikuGuest.MILLI);
            assertPlayed(machine, node);
            assertRecorded(guest, node);
            assertThat(machine.card().statistics().get(0).xruns()).isZero();
        }
    }

    /** The pre-roll, two buffers that nobody had filled yet, and then everything. */
    private static void assertPlayed(VirtualMachine machine, MultiAudioNode node) {
        byte[] tape = machine.tape().sink().tape();
        int frameBytes = node.periodBytes() / HaikuGuest.PERIOD_FRAMES;
        int silence = node.rateHz() * 120 / 1000 * frameBytes + 2 * node.periodBytes();
        int sound = (EXCHANGES - 2) * node.periodBytes();
        assertThat(tape).hasSize(silence + sound);
        assertThat(Arrays.copyOf(tape, silence)).containsOnly(0);
        assertThat(Arrays.copyOfRange(tape, silence, tape.length)).isEqualTo(BytePattern.bytes(0, 0, sound));
    }

    /** A buffer that nobody had filled yet, and then everything, one exchange late. */
    private static void assertRecorded(HaikuGuest guest, MultiAudioNode node) {
        byte[] recorded = guest.recorded();
        assertThat(recorded).hasSize(EXCHANGES * node.periodBytes());
        assertThat(Arrays.copyOf(recorded, node.periodBytes())).containsOnly(0);
        assertThat(Arrays.copyOfRange(recorded, node.periodBytes(), recorded.length))
                .isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, (EXCHANGES - 1) * node.periodBytes()));
    }

    @ParameterizedTest
    @ValueSource(ints = {44_100, 48_000})
    @DisplayName("gives the media kit a TimeSource within 1 ppm, and one time for both directions")
    void givesATrueTimeSource(int rateHz) {
        try (VirtualMachine machine = VirtualMachine.guarded();
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            machine.tape().countOnly();
            MultiAudioNode node = guest.play(NodeSettings.of(SampleFormat.S16, rateHz));
            node.exchange(180);
            TimeSourceFit played = TimeSourceFit.through(
                    node.exchanges(), BufferExchange::playedFrames, BufferExchange::playedRealTimeMicros);
            TimeSourceFit recorded = TimeSourceFit.through(
                    node.exchanges(), BufferExchange::recordedFrames, BufferExchange::recordedRealTimeMicros);
            assertThat(played.offPpm(rateHz)).isCloseTo(0, within(1.0));
            assertThat(played.errorPpm()).isLessThan(1);
            assertThat(recorded.offPpm(played.rateHz())).isCloseTo(0, within(1.0));
            BufferExchange first = node.exchanges().get(0);
            for (BufferExchange exchange : node.exchanges()) {
                assertThat(exchange.recordedNanos() - exchange.playedNanos())
                        .as("played and recorded keep their distance")
                        .isCloseTo(first.recordedNanos() - first.playedNanos(), within(1L));
                assertThat(exchange.recordedFrames()).isEqualTo(exchange.playedFrames());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"48000,2", "48000,35", "44100,2", "44100,35"})
    @DisplayName("is exact as well if the kernel's snooze_until does sleep")
    void isExactIfTheSnoozeSleeps(int rateHz, long thinkMillis) {
        try (VirtualMachine machine = VirtualMachine.guarded();
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            guest.haiku().kernel().sleepsUntil();
            MultiAudioNode node =
                    guest.play(NodeSettings.of(SampleFormat.S16, rateHz).thinking(thinkMillis * HaikuGuest.MILLI));
            node.exchange(EXCHANGES);
            HaikuGuest.assertExact(node.exchanges(), 2, rateHz);
            assertRecorded(guest, node);
            assertThat(machine.card().statistics().get(0).xruns()).isZero();
        }
    }

    @Test
    @DisplayName("goes on if the interrupt handler clears its hint long after it has woken the driver")
    void goesOnIfTheHandlerReturnsLate() {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of());
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            guest.haiku().kernel().handlersReturnLate();
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            node.exchange(5);
            HaikuGuest.assertExact(node.exchanges(), 0, 48_000);
        }
    }
}
