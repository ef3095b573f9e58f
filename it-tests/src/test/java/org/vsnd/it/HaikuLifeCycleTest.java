// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.trace.tape.TapeSink;
import org.vsnd.trace.tape.TapeSource;

@DisplayName("Haiku, over and over,")
class HaikuLifeCycleTest {
    private static final int ROUNDS = 100;
    private static final List<NodeSettings> SETTINGS = List.of(
            NodeSettings.of(SampleFormat.S16, 48_000),
            NodeSettings.of(SampleFormat.S32, 44_100),
            NodeSettings.of(SampleFormat.S16, 44_100),
            NodeSettings.of(SampleFormat.S32, 48_000));

    private static NodeSettings settings(int round) {
        return SETTINGS.get(round % SETTINGS.size());
    }

    /** After anything at all: as on the first day. */
    private static void assertRuns(MultiAudioNode node, int count) {
        int from = node.exchanges().size();
        node.exchange(count);
        List<BufferExchange> exchanges = node.exchanges().subList(from, from + count);
        assertThat(exchanges.get(0).ok()).isTrue();
        assertThat(exchanges.get(0).playedNanos() - exchanges.get(0).startNanos())
                .as("120 - 40 ms")
                .isEqualTo(80 * HaikuGuest.MILLI);
        assertThat(exchanges.get(0).playedFrames()).as("counts from START").isEqualTo(HaikuGuest.PERIOD_FRAMES);
        HaikuGuest.assertExact(exchanges, 0, node.rateHz());
    }

    private static void assertHostAudioIsClosed(VirtualMachine machine) {
        assertThat(machine.tape().sinks()).allMatch(TapeSink::isClosed);
        assertThat(machine.tape().sources()).allMatch(TapeSource::isClosed);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("stops by force and starts again")
    void stopsByForceAndStartsAgain(HaikuVersion version) {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            try (HaikuGuest guest = new HaikuGuest(machine.bus(), version)) {
                machine.tape().countOnly();
                MultiAudioNode node = guest.play(settings(0));
                int areas = 0;
                for (int round = 0; round < ROUNDS; round++) {
                    assertRuns(node, 1 + round % 4);
                    areas = round == 0 ? guest.haiku().kernel().liveAreas() : areas;
                    assertThat(guest.haiku().kernel().liveAreas()).isEqualTo(areas);
                    node.pause(round % 3 * 100L * HaikuGuest.MILLI);
                    node.forceStop();
                    node.start();
                }
            }
            assertHostAudioIsClosed(machine);
        }
    }

    @Test
    @DisplayName("closes the device and opens it again, with sound running or stopped")
    void closesAndOpensAgain() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            try (HaikuGuest guest = new HaikuGuest(machine.bus())) {
                machine.tape().countOnly();
                for (int round = 0; round < ROUNDS; round++) {
                    MultiAudioNode node = guest.play(settings(round));
                    assertRuns(node, 1 + round % 4);
                    if (round % 3 == 0) {
                        node.forceStop();
                    }
                    node.close();
                    assertThat(guest.haiku().kernel().liveAreas()).isZero();
                    machine.bus().pass(round % 5 * 100L * HaikuGuest.MILLI);
                }
            }
            assertHostAudioIsClosed(machine);
            assertThat(machine.tape().sinks()).hasSize(ROUNDS);
        }
    }

    @Test
    @DisplayName("changes the format while it plays")
    void changesTheFormatWhileItPlays() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            try (HaikuGuest guest = new HaikuGuest(machine.bus())) {
                machine.tape().countOnly();
                MultiAudioNode node = guest.play(settings(0));
                for (int round = 1; round <= ROUNDS; round++) {
                    assertRuns(node, 1 + round % 4);
                    NodeSettings next = settings(round);
                    node.setFormat(next.format(), next.rateHz());
                    assertThat(node.rateHz()).isEqualTo(next.rateHz());
                    assertThat(guest.haiku().kernel().liveAreas()).isEqualTo(10);
                }
                assertRuns(node, 3);
            }
            assertHostAudioIsClosed(machine);
        }
    }

    @Test
    @DisplayName("does everything in turn with the pin for an interrupt")
    void doesEverythingInTurn() {
        try (VirtualMachine machine = VirtualMachine.intxOnly(Map.of())) {
            try (HaikuGuest guest = new HaikuGuest(machine.bus(), HaikuVersion.MASTER)) {
                machine.tape().countOnly();
                MultiAudioNode node = guest.play(settings(0));
                for (int round = 1; round <= ROUNDS; round++) {
                    assertRuns(node, 1 + round % 3);
                    switch (round % 3) {
                        case 0 -> {
                            node.forceStop();
                            node.start();
                        }
                        case 1 -> node.setFormat(SampleFormat.S32, 44_100 + round % 2 * 3_900);
                        default -> {
                            node.close();
                            node = guest.play(settings(round));
                        }
                    }
                }
            }
            assertHostAudioIsClosed(machine);
        }
    }

    @Test
    @DisplayName("is answered with errors when it has asked for nonsense, and never left waiting")
    void isAnsweredWithErrors() {
        try (HaikuRequests requests = new HaikuRequests()) {
            MultiAudioNode node = requests.play(SampleFormat.S16);
            requests.spoil(HaikuRequests.START);
            BufferExchange refused = node.exchange();
            assertThat(refused.ok())
                    .as("sent from a page that START's failure had freed")
                    .isFalse();
            assertThat(node.exchange().ok()).isFalse();
            requests.spoil(HaikuRequests.NOTHING);
            node.close();
            assertRuns(requests.play(SampleFormat.S16), 3);
        }
    }

    @Test
    @DisplayName("gets no buffers when its format was refused, and may ask again")
    void getsNoBuffersWhenItsFormatWasRefused() {
        try (HaikuRequests requests = new HaikuRequests()) {
            requests.spoil(HaikuRequests.SET_PARAMS);
            assertThatThrownBy(() -> requests.play(SampleFormat.S16))
                    .isInstanceOf(DeviceFaultException.class)
                    .hasMessageContaining("gets no buffers");
            requests.spoil(HaikuRequests.NOTHING);
            requests.closeDevice();
            assertRuns(requests.play(SampleFormat.S32), 3);
        }
    }
}
