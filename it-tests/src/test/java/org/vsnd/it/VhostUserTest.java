// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.spi.PluginException;

@DisplayName("Over a vhost-user socket")
class VhostUserTest {
    private static final long SECOND = 1_000_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    @ParameterizedTest
    @EnumSource
    @DisplayName("sound is heard byte for byte, whatever the front end's habits and the driver's style")
    void isHeardByteForByte(FrontEndHabits habits) {
        for (DriverStyle style : List.of(
                DriverStyle.LINUX,
                DriverStyle.HAIKU,
                DriverStyle.PLAIN.withRing(true, false),
                DriverStyle.PLAIN.withRing(false, true),
                DriverStyle.LINUX.withMsix(false))) {
            try (ServedMachine<VhostUserBus> machine = ServedMachine.vhost(habits, 2, Map.of())) {
                assertHeard(machine, machine.driver(style));
            }
        }
    }

    private static void assertHeard(ServedMachine<VhostUserBus> machine, SoundDriver driver) {
        PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
        stream.limitBytes(50L * 1920);
        stream.start();
        stream.runUntil(50, 10 * SECOND);
        stream.stop();
        stream.release();
        assertThat(machine.tape().sink().withoutSilence()).isEqualTo(BytePattern.bytes(0, 0, 50 * 1920));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CROSVM") // which hides them
    @Tag("VQ-20")
    @DisplayName("sound is heard byte for byte over packed rings, whatever the driver's style")
    void isHeardByteForByteOverPackedRings(FrontEndHabits habits) {
        for (DriverStyle style : List.of(
                DriverStyle.LINUX,
                DriverStyle.PLAIN.withRing(true, false),
                DriverStyle.PLAIN.withRing(false, true),
                DriverStyle.LINUX.withQueueSize(61),
                DriverStyle.LINUX.withFeatures(Features.IN_ORDER))) {
            try (ServedMachine<VhostUserBus> machine =
                    ServedMachine.vhost(habits, 2, Map.of("virtio", "packed,in-order"))) {
                SoundDriver driver = machine.driver(style.withFeatures(style.features() | Features.RING_PACKED));
                assertThat(driver.pci().features() & Features.RING_PACKED).isNotZero();
                assertHeard(machine, driver);
            }
        }
    }

    @Test
    @DisplayName("suspend is not offered, since the driver's status does not reach the card")
    void suspendIsNotOffered() {
        assertThatThrownBy(() -> CardServer.vhostUser(Map.of("virtio", "packed,suspend")))
                .hasRootCauseInstanceOf(PluginException.class)
                .hasStackTraceContaining("the hypervisor has the driver's status");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the machine is paused while sound is playing and recorded: nothing is lost, nothing completed twice")
    void theMachineIsPaused(FrontEndHabits habits) {
        pauses(habits, DriverStyle.LINUX);
        pauses(habits, DriverStyle.LINUX.withFeatures(Features.RING_PACKED));
    }

    private static void pauses(FrontEndHabits habits, DriverStyle style) {
        try (ServedMachine<VhostUserBus> machine = ServedMachine.vhost(habits, 2, Map.of("virtio", "packed"))) {
            SoundDriver driver = machine.driver(style);
            PeriodStream output = new PeriodStream(driver, 0, true, SETUP);
            PeriodStream input = new PeriodStream(driver, 1, false, SETUP);
            output.start();
            input.start();
            for (int round = 1; round <= 10; round++) {
                output.runUntil(round * 5, 5 * SECOND);
                input.runUntil(round * 5, 5 * SECOND);
                machine.bus().pause();
                machine.bus().goOn();
            }
            output.runUntil(60, 5 * SECOND);
            input.runUntil(60, 5 * SECOND);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the machine is reset while sound is playing, and plays again")
    void theMachineIsReset(FrontEndHabits habits) {
        try (ServedMachine<VhostUserBus> machine = ServedMachine.vhost(habits, 2, Map.of("virtio", "packed"))) {
            for (int round = 0; round < 8; round++) {
                DriverStyle style = round % 2 == 0 ? DriverStyle.LINUX : DriverStyle.PLAIN;
                SoundDriver driver = machine.driver(round % 4 < 2 ? style : style.withFeatures(Features.RING_PACKED));
                PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
                stream.start();
                stream.runUntil(5, 5 * SECOND);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("memory is announced anew while sound is playing, which goes on")
    void memoryIsAnnouncedAnew(FrontEndHabits habits) {
        try (ServedMachine<VhostUserBus> machine = ServedMachine.vhost(habits, 2, Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            for (int round = 1; round <= 10; round++) {
                stream.runUntil(round * 2, 5 * SECOND);
                machine.bus().frontEnd().announceMemory();
            }
            stream.runUntil(30, 5 * SECOND);
        }
    }
}
