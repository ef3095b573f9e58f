// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

@DisplayName("A reset while sound is playing")
class ResetTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    private static final int DEVICE_CONTROL = 8;
    private static final int INITIATE_FLR = 0x8000;

    private static void play(SoundDriver driver, int periods) {
        PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
        stream.start();
        stream.runUntil(periods, 5 * SECOND);
    }

    private static void playAndRecord(SoundDriver driver) {
        play(driver, 5);
        PeriodStream stream = new PeriodStream(driver, 1, false, SETUP);
        stream.start();
        stream.runUntil(5, 5 * SECOND);
    }

    /** Nothing is written and nobody is interrupted for a long time. */
    private static void assertQuiet(VirtualMachine machine) {
        long written = machine.host().memory().bytesWritten();
        long interrupts = machine.host().interrupts().total();
        machine.bus().pass(10 * SECOND);
        assertThat(machine.host().memory().bytesWritten()).isEqualTo(written);
        assertThat(machine.host().interrupts().total()).isEqualTo(interrupts);
        assertThat(machine.host().memory().violations()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("by device_status ends everything at once, and sound comes back with the next driver (PCI-09)")
    void byStatus(HostKind kind) {
        try (Machine machine = kind.open()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            playAndRecord(driver);
            driver.pci().reset(); // takes the rings' memory back and poisons it
            if (machine instanceof VirtualMachine virtual) {
                assertQuiet(virtual);
            }
            driver.start();
            play(driver, 5);
            driver.start();
            playAndRecord(driver);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"VHOST_QEMU", "VHOST_RUST_VMM"}) // whose PCI function is the monitor's
    @DisplayName("by FLR also forgets BARs, command and MSI-X")
    void byFunctionLevelReset(HostKind kind) {
        try (Machine machine = kind.open()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            playAndRecord(driver);
            int express = driver.pci().card().capability(PciCapability.EXPRESS);
            int control = machine.bus().readConfig(express + DEVICE_CONTROL, 2);
            machine.bus().writeConfig(express + DEVICE_CONTROL, 2, control | INITIATE_FLR);
            boolean decodes = machine instanceof ReferenceMachine; // the BAR is gone, so nobody answers
            assertThat(driver.pci().status()).isEqualTo(decodes ? 0xff : 0);
            driver.pci().forgetQueues();
            assertThat(machine.bus().readConfig(PciProbe.COMMAND, 2) & 0x407).isZero();
            if (machine instanceof VirtualMachine virtual) {
                assertThat(machine.bus().readConfig(0x10 + 16, 4) & ~0xf).isZero();
                assertQuiet(virtual);
            }
            playAndRecord(machine.driver(DriverStyle.LINUX));
        }
    }

    @Test
    @DisplayName("of one queue forgets its messages, and the queue plays again with other memory (PCI-33)")
    void ofOneQueue() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream before = new PeriodStream(driver, 0, true, SETUP);
            before.start();
            before.runUntil(5, SECOND);
            driver.pci().resetQueue(SndWire.TX_QUEUE);
            long interrupts = machine.host().interrupts().total();
            machine.bus().pass(SECOND);
            assertThat(machine.host().interrupts().total()).isEqualTo(interrupts);
            driver.forgetPending(true);
            before.free();
            before.stop();
            driver.commandOk(SndWire.R_PCM_RELEASE, 0);
            play(driver, 5);
        }
    }

    @Test
    @DisplayName("of the bus is the same as the machine's")
    void ofTheBus() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            playAndRecord(driver);
            machine.card().reset();
            driver.pci().forgetQueues();
            assertQuiet(machine);
            playAndRecord(machine.driver(DriverStyle.HAIKU.withMsix(false)));
        }
    }

    @Test
    @DisplayName("is not needed to keep the card off memory: bus mastering off is enough (PCI-57)")
    void busMasteringOff() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            playAndRecord(driver);
            int command = machine.bus().readConfig(PciProbe.COMMAND, 2);
            machine.bus().writeConfig(PciProbe.COMMAND, 2, command & ~PciProbe.COMMAND_BUS_MASTER);
            assertQuiet(machine);
            machine.bus().writeConfig(PciProbe.COMMAND, 2, command);
            driver.start();
            play(driver, 5);
        }
    }

    @Test
    @DisplayName("is what closing ends with: no write, no interrupt, host audio closed")
    void closing() {
        VirtualMachine machine = VirtualMachine.guarded();
        SoundDriver driver = machine.driver(DriverStyle.LINUX);
        playAndRecord(driver);
        machine.bus().pass(3 * MILLI);
        machine.close();
        long written = machine.host().memory().bytesWritten();
        machine.bus().pass(SECOND);
        machine.card().close();
        assertThat(machine.host().memory().bytesWritten()).isEqualTo(written);
        assertThat(machine.host().interrupts().strays()).isZero();
    }
}
