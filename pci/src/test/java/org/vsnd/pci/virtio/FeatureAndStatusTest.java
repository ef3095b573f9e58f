// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_FEATURE_SELECT;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_STATUS;
import static org.vsnd.pci.virtio.CommonCfg.DRIVER_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.DRIVER_FEATURE_SELECT;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "strict={0}")
@ValueSource(booleans = {true, false})
class FeatureAndStatusTest {
    private static final long OFFERED = 1L << 28 | 1L << 29 | 1L << 32 | 1L << 40 | FakeVirtioDevice.FEATURES;

    private final TestDriver driver;

    FeatureAndStatusTest(boolean strict) {
        driver = TestDriver.of(strict, 2).enableBus().enableMsix();
    }

    @Test
    @Tag("PCI-05")
    @Tag("PCI-07")
    @Tag("PCI-11")
    @Tag("PCI-15")
    @Tag("PCI-28")
    @Tag("PCI-36")
    void exactlyTheKnownFeaturesAreOffered() {
        driver.write(DEVICE_FEATURE_SELECT, 4, 0);
        long low = driver.read(DEVICE_FEATURE, 4);
        driver.write(DEVICE_FEATURE_SELECT, 4, 1);
        assertThat(driver.read(DEVICE_FEATURE, 4) << 32 | low).isEqualTo(OFFERED);
    }

    @ParameterizedTest
    @Tag("PCI-28")
    @ValueSource(longs = {2, 3, 0x80000000L, 0xffffffffL})
    void selectsBeyond64BitsShowNothing(long select) {
        driver.write(DEVICE_FEATURE_SELECT, 4, select);
        assertThat(driver.read(DEVICE_FEATURE_SELECT, 4)).isEqualTo(select);
        assertThat(driver.read(DEVICE_FEATURE, 4)).isZero();
        driver.write(DRIVER_FEATURE_SELECT, 4, select);
        driver.write(DRIVER_FEATURE, 4, 1);
        assertThat(driver.read(DRIVER_FEATURE, 4)).isZero();
        driver.status(0xb);
        assertThat(driver.status()).as("PCI-06").isEqualTo(3);
    }

    @Test
    @Tag("PCI-29")
    void driverFeaturesReadBackPerSelect() {
        driver.features(OFFERED);
        assertThat(driver.read(DRIVER_FEATURE, 4)).isEqualTo(OFFERED >>> 32);
        driver.write(DRIVER_FEATURE_SELECT, 4, 0);
        assertThat(driver.read(DRIVER_FEATURE, 4)).isEqualTo(OFFERED & 0xffffffffL);
    }

    @Test
    @Tag("PCI-06")
    void anUnofferedBitKeepsFeaturesOkAway() {
        driver.features(TestDriver.VERSION_1 | 1L << 60);
        driver.status(0xb);
        assertThat(driver.status()).isEqualTo(3);
        driver.features(TestDriver.VERSION_1);
        driver.status(0xb);
        assertThat(driver.status()).as("after the driver thought better of it").isEqualTo(0xb);
    }

    @Test
    @Tag("PCI-06")
    void everySingleFeatureIsAcceptedAloneAndGivenToTheDevice() {
        for (long rest = OFFERED; rest != 0; rest &= rest - 1) {
            long feature = Long.lowestOneBit(rest);
            driver.start(feature);
            assertThat(driver.status()).isEqualTo(0xf);
            assertThat(driver.device.features).isEqualTo(feature);
        }
    }

    @Test // , HAIKU.md section 3
    @Tag("PCI-11")
    void noFeatureAtAllIsAccepted() {
        driver.start(0);
        assertThat(driver.status()).isEqualTo(0xf);
        assertThat(driver.device.features).isZero();
    }

    @Test
    void featuresAreFrozenByFeaturesOk() {
        driver.features(TestDriver.VERSION_1);
        driver.status(0xb);
        driver.features(0);
        assertThat(driver.read(DRIVER_FEATURE, 4)).isEqualTo(1);
    }

    @Test // HAIKU.md section 3: a driver that goes on after a refusal is served with what both sides know
    void driverOkAfterARefusalStillServes() {
        driver.features(TestDriver.VERSION_1 | 1L << 60);
        driver.status(0xb);
        driver.status(0x83);
        driver.status(0x87);
        assertThat(driver.status()).isEqualTo(0x87);
        assertThat(driver.device.takeCalls()).containsExactly("driverOk");
        assertThat(driver.device.features).isEqualTo(TestDriver.VERSION_1);
    }

    @Test
    @Tag("PCI-08")
    void theSameFeaturesAreAcceptedAfterEveryReset() {
        for (int i = 0; i < 100; i++) {
            driver.start(OFFERED);
            assertThat(driver.status()).isEqualTo(0xf);
        }
    }

    @Test // SUSPEND and reserved bits do not stick
    @Tag("PCI-01")
    @Tag("PCI-16")
    void onlyTheDriversBitsCanBeSet() {
        assertThat(driver.status()).isZero();
        driver.status(0x10 | 0x20 | 0x40 | 1);
        assertThat(driver.status()).isEqualTo(1);
    }

    @Test
    @Tag("PCI-01")
    void bitsAreTakenBackByResetOnly() {
        driver.start(0);
        driver.status(1);
        assertThat(driver.status()).isEqualTo(0xf);
        driver.status(0);
        assertThat(driver.status()).isZero();
    }

    @Test
    @Tag("PCI-09")
    @Tag("PCI-31")
    void writingZeroResetsAtOnce() {
        driver.start(OFFERED);
        driver.write(DEVICE_FEATURE_SELECT, 4, 1);
        driver.device.takeCalls();
        driver.status(0);
        assertThat(driver.status()).isZero();
        assertThat(driver.device.takeCalls()).containsExactly("reset");
        assertThat(driver.read(DEVICE_FEATURE_SELECT, 4)).isZero();
        assertThat(driver.read(DRIVER_FEATURE_SELECT, 4)).isZero();
        assertThat(driver.read(DRIVER_FEATURE, 4)).isZero();
        assertThat(driver.read(CommonCfg.QUEUE_SELECT, 2)).isZero();
    }

    @Test
    @Tag("PCI-09")
    void afterResetMemoryIsOutOfReach() {
        driver.device.holding = true;
        driver.start(0);
        driver.offer(2);
        driver.kick(2);
        driver.status(0);
        long before = driver.host.accesses;
        driver.kick(2);
        driver.device.queueNotified(2); // a device that does not behave
        assertThat(driver.host.accesses).isEqualTo(before);
        assertThat(driver.status()).as("and its complaint is not shown").isZero();
    }

    @Test
    @Tag("PCI-03")
    @Tag("PCI-04")
    void brokenRingNeedsResetAndTellsTheDriver() {
        driver.start(0);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        driver.host.ram.putShort((int) TestDriver.avail(1) + 2, (short) 1000); // avail.idx far ahead
        driver.kick(1);
        assertThat(driver.status()).isEqualTo(0x4f);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(0);
        driver.device.takeCalls();
        driver.offer(0);
        driver.kick(0);
        assertThat(driver.device.takeCalls())
                .as("no queue is served until reset")
                .isEmpty();
        assertThat(driver.usedIdx(0)).isZero();
    }

    @Test
    @Tag("PCI-03")
    void needingAResetTwiceIsToldOnce() {
        driver.start(0);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        driver.device.transport.needsReset("first");
        driver.device.transport.needsReset("second");
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(0);
    }

    @Test
    @Tag("PCI-03")
    @Tag("PCI-31")
    void resetHealsABrokenDevice() {
        driver.start(0);
        driver.device.transport.needsReset("test");
        driver.start(0);
        assertThat(driver.status()).isEqualTo(0xf);
        driver.offer(0);
        driver.kick(0);
        assertThat(driver.usedIdx(0)).isEqualTo(1);
    }

    @Test // HAIKU.md section 3: it writes device_feature and means driver_feature
    void writesToReadOnlyRegistersAreIgnored() {
        long[] before = new long[8];
        for (int i = 0; i < 8; i++) {
            before[i] = driver.read(8 * i, 8);
        }
        driver.write(DEVICE_FEATURE, 4, -1);
        driver.write(CommonCfg.NUM_QUEUES, 2, 9);
        driver.write(CommonCfg.CONFIG_GENERATION, 1, 9);
        driver.write(CommonCfg.QUEUE_NOTIFY_OFF, 2, 9);
        driver.write(CommonCfg.QUEUE_NOTIF_CONFIG_DATA, 2, 9);
        driver.write(CommonCfg.ADMIN_QUEUE_INDEX, 4, -1);
        for (int i = 0; i < 8; i++) {
            assertThat(driver.read(8 * i, 8)).isEqualTo(before[i]);
        }
    }

    @Test
    @Tag("PCI-24")
    void aWideWriteActsOnEachRegisterOnce() {
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 8, 0x0002_77_03_7777_0001L);
        assertThat(driver.read(CommonCfg.CONFIG_MSIX_VECTOR, 2)).isEqualTo(1);
        assertThat(driver.read(DEVICE_STATUS, 1)).isEqualTo(3);
        assertThat(driver.read(CommonCfg.QUEUE_SELECT, 2)).isEqualTo(2);
        driver.device.takeCalls();
        driver.write(DEVICE_STATUS, 4, 0x0003_00_00L);
        assertThat(driver.device.takeCalls()).containsExactly("reset");
        assertThat(driver.read(CommonCfg.QUEUE_SELECT, 2)).isEqualTo(3);
    }

    @Test
    @Tag("PCI-24")
    void signExtendedValuesAreCutToTheirSize() {
        driver.write(DEVICE_STATUS, 1, 0xffffffffffffff83L);
        assertThat(driver.status()).isEqualTo(0x83);
        driver.write(DEVICE_FEATURE_SELECT, 4, 0xffffffff80000000L);
        assertThat(driver.read(DEVICE_FEATURE_SELECT, 8) & 0xffffffffL).isEqualTo(0x80000000L);
    }

    @Test
    @Tag("PCI-24")
    void registersCanBeReadInAnyPieces() {
        driver.start(OFFERED);
        driver.select(3);
        for (int size = 1; size <= 8; size *= 2) {
            for (int offset = 0; offset <= CommonCfg.LENGTH - size; offset++) {
                long bytes = 0;
                for (int i = 0; i < size; i++) {
                    bytes |= driver.read(offset + i, 1) << (8 * i);
                }
                assertThat(driver.read(offset, size)).isEqualTo(bytes);
            }
        }
    }
}
