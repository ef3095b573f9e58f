// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.DRIVER_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_SIZE;
import static org.vsnd.virtio.VirtioTransport.INTERRUPT_AFTER;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.SnapshotException;

@DisplayName("A driver is taken for Haiku's")
@ParameterizedClass(name = "strict={0}")
@ValueSource(booleans = {true, false})
class HaikuDriverTest {
    private static final int CONTROL = 0;
    private static final int TX = 2;
    private static final long DELIVERY_NANOS = 30_000_000;

    private final TestDriver driver;

    HaikuDriverTest(boolean strict) {
        driver = TestDriver.of(strict, 2).enableBus();
    }

    @BeforeEach
    void negotiates() {
        driver.status(0);
        driver.status(3);
    }

    private long queueSize(int queue) {
        driver.select(queue);
        return driver.read(QUEUE_SIZE, 2);
    }

    private void assertIsHaiku(boolean expected) {
        assertThat(driver.device.transport.interruptLeadNanos()).isEqualTo(expected ? DELIVERY_NANOS : INTERRUPT_AFTER);
        assertThat(queueSize(TX)).isEqualTo(expected ? 64 : 256);
        assertThat(queueSize(CONTROL)).isEqualTo(64);
    }

    @Test
    @DisplayName("when it writes device_feature")
    void whenItWritesDeviceFeature() {
        driver.write(DEVICE_FEATURE, 4, 0);
        assertIsHaiku(true);
    }

    @Test
    @DisplayName("not when it writes driver_feature, before or after that")
    void notWhenItWritesDriverFeature() {
        driver.write(DEVICE_FEATURE, 4, 0);
        driver.features(TestDriver.VERSION_1);
        driver.write(DEVICE_FEATURE, 4, 0);
        assertIsHaiku(false);
    }

    @Test
    @DisplayName("not when it has read queue_size before: its rings may have that size already")
    void notWhenItHasReadQueueSize() {
        assertThat(queueSize(TX)).isEqualTo(256);
        driver.write(DEVICE_FEATURE, 4, 0);
        assertIsHaiku(false);
    }

    @Test
    @DisplayName("until the device is reset")
    void untilTheReset() {
        driver.write(DEVICE_FEATURE, 4, 0);
        driver.status(0);
        assertIsHaiku(false);
    }

    @Test
    @DisplayName("also when it opens the card again without a reset, after it has closed it with one")
    void whenItOpensAgain() {
        driver.write(DEVICE_FEATURE, 4, 0);
        assertIsHaiku(true);
        driver.status(0x0f);
        driver.status(0);
        driver.status(2);
        driver.write(DEVICE_FEATURE, 4, 0);
        driver.status(0x0a);
        assertIsHaiku(true);
        driver.status(0x0e);
        assertThat(driver.status()).isEqualTo(0x0e);
        assertIsHaiku(true);
    }

    @Test
    @DisplayName("and keeps the sizes it was told, should it then write driver_feature")
    void keepsTheSizes() {
        driver.write(DEVICE_FEATURE, 4, 0);
        assertThat(queueSize(TX)).isEqualTo(64);
        driver.write(DRIVER_FEATURE, 4, 0);
        assertThat(queueSize(TX)).isEqualTo(64);
        assertThat(driver.device.transport.interruptLeadNanos()).isEqualTo(INTERRUPT_AFTER);
    }

    @Test
    @DisplayName("in a card that was saved and restored as well")
    void whenRestored() throws SnapshotException {
        driver.write(DEVICE_FEATURE, 4, 0);
        assertIsHaiku(true);
        TestDriver copy = new TestDriver(2);
        copy.function.restore(driver.function.snapshot());
        assertThat(copy.device.transport.interruptLeadNanos()).isEqualTo(DELIVERY_NANOS);
        copy.select(TX);
        assertThat(copy.read(QUEUE_SIZE, 2)).isEqualTo(64);
    }

    @Test
    @DisplayName("whose interrupt has not been taken while its vector is masked or, with the pin, the ISR is not read")
    void interruptsUnderway() {
        driver.start(0);
        driver.offer(TX);
        driver.kick(TX);
        assertThat(driver.device.transport.interruptUnderway(TX)).isTrue();
        driver.isr();
        assertThat(driver.device.transport.interruptUnderway(TX)).isFalse();
        driver.enableMsix();
        driver.select(TX);
        driver.write(CommonCfg.QUEUE_MSIX_VECTOR, 2, 1);
        driver.function.writeBar(1, 16 + 12, 4, 1);
        driver.offer(TX);
        driver.kick(TX);
        assertThat(driver.device.transport.interruptUnderway(TX)).isTrue();
        driver.function.writeBar(1, 16 + 12, 4, 0);
        assertThat(driver.device.transport.interruptUnderway(TX)).isFalse();
    }
}
