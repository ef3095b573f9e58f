// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_FEATURE_SELECT;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_ENABLE;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_RESET;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_SIZE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_NOTIFICATION_DATA;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed format through the registers: it is known when FEATURES_OK is set, or the queue enabled without it. */
class PackedQueueTest {
    private static final long FEATURES = VIRTIO_F_VERSION_1 | VIRTIO_F_RING_PACKED | TestDriver.RING_RESET;
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    private final TestDriver driver = TestDriver.offering(VIRTIO_F_RING_PACKED | VIRTIO_F_NOTIFICATION_DATA);

    /** Makes a buffer of 16 bytes available in the first round. */
    private void offer(int queue, int slot) {
        int at = (int) TestDriver.desc(queue) + 16 * slot;
        driver.host.ram.putLong(at, 0x8000);
        driver.host.ram.putInt(at + 8, 16);
        driver.host.ram.putShort(at + 12, (short) slot);
        driver.host.ram.putShort(at + 14, (short) AVAIL);
    }

    private boolean isUsed(int queue, int slot) {
        int flags = driver.host.ram.getShort((int) TestDriver.desc(queue) + 16 * slot + 14) & 0xffff;
        return (flags & (AVAIL | USED)) == (AVAIL | USED);
    }

    @Test
    @Tag("VQ-20")
    @Tag("PCI-34")
    void sizeNeedNotBeAPowerOfTwo() {
        driver.status(3);
        driver.features(FEATURES);
        driver.select(2);
        driver.write(QUEUE_SIZE, 2, 100);
        assertThat(driver.read(QUEUE_SIZE, 2)).as("before FEATURES_OK").isEqualTo(256);
        driver.status(0xb);
        driver.write(QUEUE_SIZE, 2, 257);
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(256);
        driver.write(QUEUE_SIZE, 2, 100);
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(100);
        driver.setUpQueue(2);
        driver.status(0xf);
        for (int slot = 0; slot < 100; slot++) {
            offer(2, slot);
        }
        driver.kick(2);
        assertThat(isUsed(2, 99)).isTrue();
        assertThat(isUsed(2, 100)).isFalse();
    }

    @Test
    @Tag("PCI-08")
    void nextDriverMayHaveSplitQueues() {
        driver.start(FEATURES);
        offer(1, 0);
        driver.kick(1);
        assertThat(isUsed(1, 0)).isTrue();
        driver.clearRing(1);
        driver.start(VIRTIO_F_VERSION_1);
        driver.offer(1);
        driver.kick(1);
        assertThat(driver.usedIdx(1)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-33")
    void resetQueueBeginsAnew() {
        driver.start(FEATURES);
        offer(3, 0);
        driver.kick(3);
        driver.select(3);
        driver.write(QUEUE_RESET, 2, 1);
        assertThat(driver.read(QUEUE_ENABLE, 2)).isZero();
        driver.clearRing(3);
        driver.setUpQueue(3);
        offer(3, 0);
        driver.kick(3);
        assertThat(isUsed(3, 0)).isTrue();
    }

    @Test
    @Tag("PCI-06")
    void featuresDoNotChangeTheFormatOfAnEnabledQueue() {
        driver.status(3);
        driver.setUpQueue(0); // as a split queue
        driver.features(FEATURES);
        driver.status(0xb);
        assertThat(driver.status()).isEqualTo(3);
        driver.features(VIRTIO_F_VERSION_1);
        driver.status(0xb);
        assertThat(driver.status()).isEqualTo(0xb);
        driver.status(0xf);
        driver.offer(0);
        driver.kick(0);
        assertThat(driver.usedIdx(0)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-06")
    void driverWithoutFeaturesOkCannotChangeTheFormatEither() {
        driver.status(3);
        driver.setUpQueue(0); // as a split queue
        driver.features(FEATURES);
        driver.offer(0);
        driver.kick(0);
        assertThat(driver.device.takeCalls()).as("not even early").doesNotContain("driverEarly");
        driver.status(7);
        assertThat(driver.status()).isEqualTo(0x47);
        driver.kick(0);
        assertThat(driver.usedIdx(0)).isZero();
        assertThat(driver.device.takeCalls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void driverWithoutFeaturesOkHasItToo(boolean early) {
        driver.status(3);
        driver.features(FEATURES);
        driver.setUpQueue(0);
        if (!early) {
            driver.status(7);
        }
        offer(0, 0);
        driver.kick(0);
        assertThat(isUsed(0, 0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3, 0xffff})
    @Tag("PCI-41")
    @Tag("PCI-42")
    @Tag("VQ-29")
    void notificationDataIsOnlyAHint(long next) {
        driver.start(FEATURES | VIRTIO_F_NOTIFICATION_DATA);
        offer(3, 0);
        driver.function.writeBar(4, 0x3000 + 4 * 3, 4, 3 | next << 16);
        assertThat(isUsed(3, 0)).isTrue();
        offer(0, 0);
        driver.function.writeBar(4, 0x3000, 4, next << 16);
        assertThat(isUsed(0, 0)).isTrue();
        driver.function.writeBar(4, 0x3000, 4, 9 | next << 16);
        assertThat(driver.status()).isEqualTo(0xf);
    }

    @Test
    @Tag("PCI-07")
    void nothingOfItIsOfferedUnlessItIsWanted() {
        TestDriver ordinary = new TestDriver(2).enableBus();
        ordinary.write(DEVICE_FEATURE_SELECT, 4, 1);
        assertThat(ordinary.read(DEVICE_FEATURE, 4)).isEqualTo(1L | 1 << 8);
        driver.write(DEVICE_FEATURE_SELECT, 4, 1);
        assertThat(driver.read(DEVICE_FEATURE, 4)).isEqualTo(1L | 1 << 8 | 1 << 2 | 1 << 6);
        assertThatIllegalArgumentException().isThrownBy(() -> TestDriver.offering(1L << 37));
    }
}
