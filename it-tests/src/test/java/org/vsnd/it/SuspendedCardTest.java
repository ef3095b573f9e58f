// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

@DisplayName("A card that its driver suspends (VIRTIO_F_SUSPEND)")
class SuspendedCardTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    private static final int RUNNING = 0xf;
    private static final int SUSPEND = 16;
    private static final int SUSPENDED = 0x1b;

    private static VirtualMachine open() {
        return VirtualMachine.guarded(Map.of("virtio", "packed,suspend"));
    }

    private static SoundDriver start(VirtualMachine machine, boolean packed) {
        long features = Features.SUSPEND | (packed ? Features.RING_PACKED : 0);
        return machine.driver(DriverStyle.LINUX.withFeatures(features));
    }

    private static void resume(SoundDriver driver) {
        driver.pci().status(SUSPENDED | 4);
        assertThat(driver.pci().status()).isEqualTo(RUNNING);
    }

    /** Nothing happens for a long time, whatever is pending. */
    private static void assertStill(VirtualMachine machine, SoundDriver driver) {
        long interrupts = driver.pci().interrupts(SndWire.TX_QUEUE);
        machine.bus().pass(10 * SECOND);
        assertThat(driver.pci().status()).isEqualTo(SUSPENDED);
        assertThat(driver.pci().interrupts(SndWire.TX_QUEUE)).isEqualTo(interrupts);
        for (int queue = 0; queue < 4; queue++) {
            assertThat(driver.pci().queue(queue).hasUsed()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("PCI-17")
    @Tag("PCI-18")
    @DisplayName("plays what it has, is still, and goes on with nothing lost")
    void playsWhatItHas(boolean packed) {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, packed);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            stream.runUntil(10, SECOND);
            long began = machine.bus().nanoTime();
            int inFlight = stream.inFlight();
            stream.limitBytes(stream.bytesSent()); // a driver that suspends makes nothing more available
            driver.pci().status(RUNNING | SUSPEND);
            assertThat(driver.pci().status()).isEqualTo(RUNNING);
            while (driver.pci().status() != SUSPENDED && machine.bus().nanoTime() - began < SECOND) {
                machine.bus().pass(MILLI);
            }
            assertThat(machine.bus().nanoTime() - began)
                    .as("as long as what it had")
                    .isBetween((inFlight - 1L) * 10 * MILLI, inFlight * 10L * MILLI + 5 * MILLI);
            driver.poll();
            assertThat(stream.inFlight()).isZero();
            assertStill(machine, driver);

            resume(driver);
            stream.limitBytes(Long.MAX_VALUE);
            stream.collect();
            stream.fill();
            stream.runUntil(40, SECOND);
            byte[] heard = machine.tape().sink().withoutSilence();
            assertThat(heard.length).isGreaterThan(38 * SETUP.periodBytes());
            assertThat(heard).isEqualTo(BytePattern.bytes(0, 0, heard.length));
        }
    }

    @Test
    @Tag("PCI-17")
    @DisplayName("keeps what a stream has that does not run")
    void keepsWhatDoesNotRun() {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, false);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.limitBytes(SETUP.bufferBytes());
            stream.prepare();
            driver.pci().status(RUNNING | SUSPEND);
            assertStill(machine, driver);
            assertThat(stream.inFlight()).isEqualTo(4);
            resume(driver);
            driver.commandOk(SndWire.R_PCM_START, 0);
            stream.runUntil(4, SECOND);
            assertThat(machine.tape().sink().withoutSilence()).isEqualTo(BytePattern.bytes(0, 0, SETUP.bufferBytes()));
        }
    }

    @Test
    @Tag("PCI-18")
    @DisplayName("fills what it records first, and answers after it was resumed what was asked meanwhile")
    void fillsWhatItRecords() {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, false);
            PeriodStream stream = new PeriodStream(driver, 1, false, SETUP);
            stream.start();
            stream.runUntil(10, SECOND);
            driver.pci().status(RUNNING | SUSPEND);
            assertThat(driver.await(() -> driver.pci().status() == SUSPENDED, SECOND))
                    .isTrue();
            driver.poll();
            assertThat(stream.inFlight()).isZero();
            assertStill(machine, driver);
            resume(driver);
            stream.collect();
            stream.runUntil(30, SECOND);
            stream.stop();
            stream.release();
        }
    }

    @Test
    @Tag("PCI-18")
    @DisplayName("ends a message that it was to refuse later, before it is suspended")
    void refusesFirst() {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, false);
            for (int i = 0; i < 10; i++) { // more than are refused at once
                driver.submit(driver.message(0, true, SETUP.periodBytes()));
            }
            driver.pci().status(RUNNING | SUSPEND);
            assertThat(driver.pci().status()).isEqualTo(RUNNING);
            assertThat(driver.await(() -> driver.pci().status() == SUSPENDED, SECOND))
                    .isTrue();
            driver.poll();
            assertThat(driver.pci().queue(SndWire.TX_QUEUE).inFlight()).isZero();
        }
    }

    @Test
    @Tag("PCI-09")
    @DisplayName("can be reset at any moment")
    void canBeReset() {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, false);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            driver.pci().status(RUNNING | SUSPEND);
            driver.start();
            PeriodStream next = new PeriodStream(driver, 0, true, SETUP);
            next.start();
            next.runUntil(10, SECOND);
            assertThat(driver.pci().status()).isEqualTo(RUNNING);
        }
    }
}
