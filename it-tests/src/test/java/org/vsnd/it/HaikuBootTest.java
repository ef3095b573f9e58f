// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.haiku.GuestHangsException;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.guest.host.VirtualBus;

@DisplayName("Haiku with this card")
class HaikuBootTest {
    @ParameterizedTest
    @EnumSource
    @DisplayName("boots, opens, plays and records in what the media server likes best: S32 at 48 kHz")
    void bootsAndPlaysOnTheDefaults(HaikuVersion version) {
        try (VirtualMachine machine = VirtualMachine.guarded();
                HaikuGuest guest = new HaikuGuest(machine.bus(), version)) {
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            node.exchange(5);
            assertThat(node.format()).isEqualTo(SampleFormat.S32);
            assertThat(node.rateHz()).isEqualTo(48_000);
            HaikuGuest.assertExact(node.exchanges(), 0, 48_000);
        }
    }

    @Test
    @DisplayName("takes S16 at 48 kHz with the profile that is made for it")
    void takesWhatItsProfileOffers() {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("profile", "haiku"));
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            node.exchange(5);
            assertThat(node.format()).isEqualTo(SampleFormat.S16);
            assertThat(node.rateHz()).isEqualTo(48_000);
            HaikuGuest.assertExact(node.exchanges(), 0, 48_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"S16,S16", "'S16,FLOAT',S16", "'S16,S24,S20',S24", "'U8,S8',S8"})
    @DisplayName("takes the widest integer format there is")
    void takesTheWidestInteger(String formats, SampleFormat taken) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("formats", formats, "rates", "8000,44100"));
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            node.exchange(3);
            assertThat(node.format()).isEqualTo(taken);
            assertThat(node.rateHz()).as("the highest").isEqualTo(44_100);
            HaikuGuest.assertExact(node.exchanges(), 0, 44_100);
        }
    }

    @Test
    @DisplayName("finds no format where there is only floating point")
    void findsNoFormatWhereThereIsOnlyFloatingPoint() {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("formats", "FLOAT"));
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            assertThatThrownBy(() -> guest.play(NodeSettings.ofMediaServer()))
                    .isInstanceOf(DeviceFaultException.class)
                    .hasMessageContaining("gets no buffers");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4})
    @DisplayName("plays with the pin and with a vector that all queues share")
    void playsWithFewVectors(int vectors) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("msix", String.valueOf(vectors)));
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            node.exchange(5);
            HaikuGuest.assertExact(node.exchanges(), 0, 48_000);
        }
    }

    @Test
    @DisplayName("plays on a host without MSI")
    void playsOnAHostWithoutMsi() {
        try (VirtualMachine machine = VirtualMachine.intxOnly(Map.of());
                HaikuGuest guest = new HaikuGuest(machine.bus(), HaikuVersion.MASTER)) {
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            node.exchange(5);
            HaikuGuest.assertExact(node.exchanges(), 0, 48_000);
            assertThat(machine.host().interrupts().total()).isZero();
        }
    }

    @Test
    @DisplayName("hangs at its first exchange with five vectors, as with any card")
    void hangsWithFiveVectors() {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("msix", "5"))) {
            HaikuGuest guest = new HaikuGuest(machine.bus());
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            assertThatThrownBy(node::exchange)
                    .isInstanceOfSatisfying(
                            GuestHangsException.class,
                            e -> assertThat(e.what())
                                    .isEqualTo("acquire_sem(id 0 = thread_1_retcode_sem): missing interrupt"));
        }
    }

    @Test
    @DisplayName("hangs at its first exchange with a card that never completes a record message")
    void hangsWithoutRecordMessages() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            NotifyTap deaf = new NotifyTap(machine.card(), queue -> queue != SndWire.RX_QUEUE);
            HaikuGuest guest = new HaikuGuest(new VirtualBus(machine.host(), deaf));
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            assertThatThrownBy(node::exchange)
                    .isInstanceOfSatisfying(
                            GuestHangsException.class,
                            e -> assertThat(e.what())
                                    .isEqualTo("busy-wait in queue_dequeue: device never used the buffer"));
        }
    }

    @ParameterizedTest
    @CsvSource({"2,2", "3,1", "1,4", "8,8"})
    @DisplayName("uses the first stream of each direction")
    void usesTheFirstStreamOfEachDirection(String outputs, String inputs) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("outputs", outputs, "inputs", inputs));
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            node.exchange(5);
            HaikuGuest.assertExact(node.exchanges(), 0, 48_000);
            assertThat(machine.tape().sinks()).hasSize(1);
            assertThat(machine.tape().sources()).hasSize(1);
            assertThat(machine.card().statistics().get(0).frames()).isEqualTo(5 * 16_384);
        }
    }

    @ParameterizedTest
    @CsvSource({"on,0x100 0x200", "off,0x100"})
    @DisplayName("asks for channel maps if there are any, and for nothing else before it plays")
    void asksForChannelMaps(String chmaps, String requests) {
        try (HaikuRequests haiku = new HaikuRequests(VirtualMachine.guarded(Map.of("chmaps", chmaps)))) {
            haiku.open();
            assertThat(haiku.take()).isEqualTo(requests);
        }
    }

    @Test
    @DisplayName("may change format and rate while it plays")
    void mayChangeFormatAndRateWhileItPlays() {
        try (HaikuRequests haiku = new HaikuRequests()) {
            MultiAudioNode node = haiku.play(SampleFormat.S32);
            node.exchange(3);
            haiku.take();
            node.setFormat(SampleFormat.S16, 44_100);
            assertThat(haiku.take())
                    .as("STOP, RELEASE and SET_PARAMS of each, then PREPARE of each")
                    .isEqualTo("0x105 0x103 0x101 0x105 0x103 0x101 0x102 0x102");
            node.exchange(5);
            assertThat(haiku.take()).as("START of each").isEqualTo("0x104 0x104");
            HaikuGuest.assertExact(node.exchanges(), 3, 44_100);
        }
    }
}
