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
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.spi.PluginException;

@DisplayName("A card with the features that an operator lets it offer")
class PackedRingsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    private static VirtualMachine open() {
        return VirtualMachine.guarded(Map.of("virtio", "packed,in-order,notification-data", "msix", "6"));
    }

    private static SoundDriver start(VirtualMachine machine, DriverStyle style, long features) {
        SoundDriver driver = machine.driver(style.withFeatures(features));
        assertThat(driver.pci().features() & features).isEqualTo(features);
        return driver;
    }

    private static void play(VirtualMachine machine, SoundDriver driver, int periods) {
        PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
        stream.limitBytes((long) periods * SETUP.periodBytes());
        stream.start();
        stream.runUntil(periods, 10 * SECOND);
        stream.stop();
        stream.release();
        assertThat(machine.tape().sink().withoutSilence())
                .isEqualTo(BytePattern.bytes(0, 0, periods * SETUP.periodBytes()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 13, 30, 61})
    @Tag("VQ-20")
    @Tag("VQ-24")
    @DisplayName("plays over packed rings of any size, in direct lists and in tables, for many rounds")
    void playsOverRingsOfAnySize(int size) {
        for (DriverStyle style :
                List.of(DriverStyle.LINUX, DriverStyle.PLAIN, DriverStyle.PLAIN.withRing(false, true))) {
            try (VirtualMachine machine = open()) {
                SoundDriver driver = start(machine, style.withQueueSize(size), Features.RING_PACKED);
                play(machine, driver, 200);
            }
        }
    }

    @Test
    @Tag("PCI-33")
    @DisplayName("plays again over a packed ring that was reset while it played")
    void ringCanBeReset() {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, DriverStyle.LINUX, Features.RING_PACKED);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            stream.runUntil(10, SECOND);
            driver.pci().resetQueue(SndWire.TX_QUEUE);
            driver.commandOk(SndWire.R_PCM_STOP, 0);
            driver.commandOk(SndWire.R_PCM_RELEASE, 0);
            PeriodStream next = new PeriodStream(driver, 0, true, SETUP);
            next.start();
            next.runUntil(20, SECOND);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Features.IN_ORDER, Features.IN_ORDER | Features.RING_PACKED})
    @Tag("PCI-13")
    @Tag("SND-71")
    @DisplayName("refuses a message for no stream when those before it are done, with VIRTIO_F_IN_ORDER")
    void refusesInOrder(long features) {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, DriverStyle.LINUX, features);
            driver.open(0, SETUP);
            SoundMessage first = driver.message(0, true, SETUP.periodBytes());
            SoundMessage wrong = driver.message(7, true, SETUP.periodBytes());
            SoundMessage last = driver.message(0, true, SETUP.periodBytes());
            driver.submit(first);
            driver.submit(wrong);
            driver.submit(last);
            machine.bus().pass(SECOND);
            driver.poll();
            assertThat(wrong.isPending()).isTrue();
            driver.commandOk(SndWire.R_PCM_START, 0);
            driver.awaitBack(wrong, SECOND);
            assertThat(first.isPending()).isFalse();
            assertThat(wrong.status()).isEqualTo(SndWire.S_IO_ERR);
            driver.commandOk(SndWire.R_PCM_STOP, 0);
            driver.commandOk(SndWire.R_PCM_RELEASE, 0);
            driver.poll();
            assertThat(last.isPending()).isFalse();
        }
    }

    @Test
    @DisplayName("does not promise order over several streams of one direction")
    void promisesNoOrderOverStreams() {
        assertThatThrownBy(() -> VirtualMachine.open(Map.of("virtio", "in-order", "outputs", "2")))
                .hasRootCauseInstanceOf(PluginException.class)
                .hasStackTraceContaining("in-order needs outputs=1");
        assertThatThrownBy(() -> VirtualMachine.open(Map.of("virtio", "none,packed")))
                .hasStackTraceContaining("none cannot be combined");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Features.RING_PACKED | Features.NOTIFICATION_DATA})
    @Tag("PCI-50")
    @Tag("PCI-52")
    @DisplayName("interrupts by a vector of each queue, and another one for the configuration")
    void everyQueueHasItsVector(long features) {
        try (VirtualMachine machine = open()) {
            SoundDriver driver = start(machine, DriverStyle.LINUX, features);
            assertThat(driver.pci().msixVectors()).isEqualTo(6);
            for (int queue = 0; queue < 4; queue++) {
                assertThat(driver.pci().vector(queue)).isEqualTo(queue + 1);
            }
            driver.pcmInfo();
            long control = driver.pci().interrupts(SndWire.CONTROL_QUEUE);
            assertThat(control).isPositive();
            PeriodStream output = new PeriodStream(driver, 0, true, SETUP);
            output.start();
            output.runUntil(20, SECOND);
            assertThat(driver.pci().interrupts(SndWire.TX_QUEUE)).isBetween(15L, 25L);
            assertThat(driver.pci().interrupts(SndWire.RX_QUEUE)).isZero();
            PeriodStream input = new PeriodStream(driver, 1, false, SETUP);
            input.start();
            input.runUntil(20, SECOND);
            assertThat(driver.pci().interrupts(SndWire.RX_QUEUE)).isBetween(15L, 25L);
            assertThat(driver.pci().interrupts(SndWire.EVENT_QUEUE)).isZero();
            assertThat(driver.pci().configInterrupts()).isZero();
            driver.pci().setConfigVector(5);
            breakRing(machine, driver);
            assertThat(driver.pci().status() & VirtioPciCommonCfg.STATUS_NEEDS_RESET)
                    .isNotZero();
            assertThat(driver.pci().configInterrupts()).isZero(); // the driver has masked vector 5
            assertThat(driver.pci().isPending(5)).isTrue();
        }
    }

    private static void breakRing(VirtualMachine machine, SoundDriver driver) {
        if ((driver.pci().features() & Features.RING_PACKED) != 0) {
            long next = driver.pci().queue(SndWire.CONTROL_QUEUE).nextAvailable();
            long at = driver.pci().queue(SndWire.CONTROL_QUEUE).descAddress() + 16 * (next & 0x7fff);
            machine.bus().ram().put16(at + 12, 0x7000);
            machine.bus().ram().put16(at + 14, next >>> 15 != 0 ? 1 << 7 : 1 << 15);
        } else {
            machine.bus().ram().put16(driver.pci().queue(SndWire.CONTROL_QUEUE).availAddress() + 2, 1000);
        }
        driver.pci().notifyQueue(SndWire.CONTROL_QUEUE);
    }
}
