// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.WallBus;
import org.vsnd.guest.host.WallHost;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.tape.TapeBackend;

@DisplayName("Haiku by the wall clock")
class HaikuHostsTest {
    private static final int EXCHANGES = 4;

    /** A machine by the wall clock may be late: silence between, but nothing lost or out of order. */
    private static void playAndRecord(Bus bus, HaikuVersion version, TapeBackend tape) {
        try (HaikuGuest guest = new HaikuGuest(bus, version)) {
            MultiAudioNode node = guest.play(NodeSettings.of(SampleFormat.S16, 48_000));
            node.exchange(EXCHANGES);
            int periodBytes = node.periodBytes();
            node.close();
            assertThat(node.exchanges()).allMatch(exchange -> exchange.ok());
            assertThat(tape.sinks().get(0).withoutSilence())
                    .isEqualTo(BytePattern.bytes(0, 0, (EXCHANGES - 2) * periodBytes));
            byte[] recorded = guest.recorded();
            assertThat(Arrays.copyOfRange(recorded, periodBytes, recorded.length))
                    .as("sound in every frame")
                    .doesNotContain(0);
            MultiAudioNode again = guest.play(NodeSettings.ofMediaServer());
            again.exchange(1);
            again.forceStop();
            again.start();
            again.exchange(1);
            assertThat(again.exchanges()).allMatch(exchange -> exchange.ok());
        }
    }

    @ParameterizedTest
    @CsvSource({"QEMU,2,BRANCH", "QEMU,0,BRANCH", "CLOUD_HYPERVISOR,2,MASTER", "CLOUD_HYPERVISOR,0,MASTER"})
    @DisplayName("plays, records, stops, closes and opens over a vfio-user socket")
    void overAVfioUserSocket(Personality personality, String vectors, HaikuVersion version) {
        try (ServedMachine<VfioUserBus> machine = ServedMachine.vfio(personality, Map.of("msix", vectors))) {
            playAndRecord(machine.bus(), version, machine.tape());
        }
    }

    @ParameterizedTest
    @CsvSource({"QEMU,2,BRANCH", "QEMU,0,MASTER", "RUST_VMM,2,MASTER"})
    @DisplayName("plays, records, stops, closes and opens over a vhost-user socket")
    void overAVhostUserSocket(FrontEndHabits habits, int vectors, HaikuVersion version) {
        try (ServedMachine<VhostUserBus> machine = ServedMachine.vhost(habits, vectors, Map.of())) {
            playAndRecord(machine.bus(), version, machine.tape());
        }
    }

    @Test
    @DisplayName("plays, records, stops, closes and opens on a device thread in this process")
    void inThisProcess() throws PluginException {
        TapeBackend tape = new TapeBackend();
        WallHost host = new WallHost(
                FlatMemory.open(0, VirtualMachine.RAM_BYTES),
                new InterruptLog(2048, false),
                () -> RealtimePriority.request(50),
                tape);
        try (WallBus bus = new WallBus(host, new VirtioSoundPlugin().create(host, Map.of()))) {
            playAndRecord(bus, HaikuVersion.BRANCH, tape);
        }
    }
}
