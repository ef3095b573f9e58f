// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_DESC;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_DEVICE;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_DRIVER;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_ENABLE;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_MSIX_VECTOR;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_RESET;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_SIZE;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "strict={0}")
@ValueSource(booleans = {true, false})
class QueueRegistersTest {
    private static final long ADDRESS = 0x1234_5678_9abc_d000L;

    private final TestDriver driver;

    QueueRegistersTest(boolean strict) {
        driver = TestDriver.of(strict, 2).enableBus().enableMsix();
    }

    @Test
    void numQueuesIsTheDevices() {
        assertThat(driver.read(CommonCfg.NUM_QUEUES, 2)).isEqualTo(4);
    }

    @Test
    @Tag("PCI-34")
    void sizeStartsAtTheMaximumAndTakesSmallerPowersOfTwo() {
        driver.select(2);
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(256);
        driver.write(QUEUE_SIZE, 2, 32);
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(32);
        driver.status(0);
        driver.select(2);
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(256);
    }

    @ParameterizedTest
    @Tag("PCI-34")
    @Tag("PCI-35")
    @ValueSource(ints = {0, 3, 48, 128, 0xffff})
    void impossibleSizesAreIgnored(int size) {
        driver.select(0);
        driver.write(QUEUE_SIZE, 2, size);
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(64);
    }

    @ParameterizedTest
    @Tag("PCI-34")
    @ValueSource(ints = {4, 0x7fff, 0xffff})
    void aQueueThatDoesNotExistHasSizeZero(int queue) {
        driver.select(queue);
        for (int offset = QUEUE_SIZE; offset < CommonCfg.LENGTH; offset += 2) {
            driver.write(offset, 2, 1);
        }
        assertThat(driver.read(CommonCfg.QUEUE_SELECT, 2)).isEqualTo(queue);
        for (int offset = QUEUE_SIZE; offset < CommonCfg.LENGTH; offset += 2) {
            assertThat(driver.read(offset, 2)).isEqualTo(offset == QUEUE_MSIX_VECTOR ? 0xffff : 0);
        }
    }

    @Test
    @Tag("PCI-23")
    void addressesCanBeWrittenWhole() {
        for (int register : new int[] {QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE}) {
            driver.write(register, 8, ADDRESS);
            assertThat(driver.read(register, 8)).isEqualTo(ADDRESS);
            assertThat(driver.read(register, 4)).isEqualTo(ADDRESS & 0xffffffffL);
            assertThat(driver.read(register + 4, 4)).isEqualTo(ADDRESS >>> 32);
        }
    }

    @Test
    @Tag("PCI-23")
    void addressesCanBeWrittenLowHalfFirst() {
        for (int register : new int[] {QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE}) {
            driver.write(register, 4, ADDRESS);
            driver.write(register + 4, 4, ADDRESS >>> 32);
            assertThat(driver.read(register, 8)).isEqualTo(ADDRESS);
        }
    }

    @Test
    @Tag("PCI-23")
    void addressesCanBeWrittenHighHalfFirst() {
        for (int register : new int[] {QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE}) {
            driver.write(register + 4, 4, ADDRESS >>> 32);
            driver.write(register, 4, ADDRESS);
            assertThat(driver.read(register, 8)).isEqualTo(ADDRESS);
        }
    }

    @Test
    @Tag("PCI-24")
    void addressesCanBeWrittenByteByByteAndAcrossRegisters() {
        for (int i = 0; i < 8; i++) {
            driver.write(QUEUE_DESC + i, 1, ADDRESS >>> (8 * i));
        }
        assertThat(driver.read(QUEUE_DESC, 8)).isEqualTo(ADDRESS);
        driver.write(QUEUE_DESC + 4, 8, 0x1111_1111_2222_2222L);
        assertThat(driver.read(QUEUE_DESC, 8)).isEqualTo(0x2222_2222_9abc_d000L);
        assertThat(driver.read(QUEUE_DRIVER, 8)).isEqualTo(0x1111_1111L);
    }

    @Test
    @Tag("PCI-35")
    void anEnabledQueueCannotBeChangedOrDisabled() {
        driver.setUpQueue(1);
        driver.write(QUEUE_SIZE, 2, 16);
        driver.write(QUEUE_DESC, 8, ADDRESS);
        driver.write(QUEUE_ENABLE, 2, 0);
        driver.write(QUEUE_ENABLE + 1, 1, 0);
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(64);
        assertThat(driver.read(QUEUE_DESC, 8)).isEqualTo(TestDriver.desc(1));
        assertThat(driver.read(QUEUE_ENABLE, 2)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-35")
    void onlyOneEnables() {
        driver.write(QUEUE_ENABLE, 2, 2);
        driver.write(QUEUE_ENABLE, 2, 0x101);
        assertThat(driver.read(QUEUE_ENABLE, 2)).isZero();
    }

    @Test
    @Tag("PCI-32")
    @Tag("PCI-54")
    void resetDisablesAndUnmapsEveryQueue() {
        driver.start(0);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 1);
        for (int queue = 0; queue < 4; queue++) {
            driver.select(queue);
            driver.write(QUEUE_MSIX_VECTOR, 2, 1);
        }
        driver.status(0);
        assertThat(driver.read(CommonCfg.CONFIG_MSIX_VECTOR, 2)).isEqualTo(0xffff);
        for (int queue = 0; queue < 4; queue++) {
            driver.select(queue);
            assertThat(driver.read(QUEUE_ENABLE, 2)).isZero();
            assertThat(driver.read(QUEUE_MSIX_VECTOR, 2)).isEqualTo(0xffff);
            assertThat(driver.read(QUEUE_DESC, 8)).isZero();
        }
    }

    @Test
    @Tag("VQ-01")
    @Tag("PCI-03")
    void misalignedRingIsRefused() {
        driver.status(0xb);
        driver.write(QUEUE_DESC, 8, 0x1001);
        driver.write(QUEUE_ENABLE, 2, 1);
        assertThat(driver.read(QUEUE_ENABLE, 2)).isZero();
        assertThat(driver.status()).isEqualTo(0x4b);
        driver.status(0xf);
        assertThat(driver.device.takeCalls()).as("a broken device does not run").isEmpty();
        assertThat(driver.host.interrupts.messages).isEmpty();
    }

    @Test
    @Tag("PCI-33")
    void ringResetStopsOneQueueWhichCanComeBackElsewhere() {
        driver.start(TestDriver.VERSION_1 | TestDriver.RING_RESET);
        driver.select(2);
        driver.write(QUEUE_MSIX_VECTOR, 2, 1);
        driver.offer(2);
        driver.kick(2);
        driver.device.takeCalls();
        driver.write(QUEUE_RESET, 2, 1);
        assertThat(driver.device.takeCalls()).containsExactly("queueReset 2");
        assertThat(driver.read(QUEUE_RESET, 2)).isZero();
        assertThat(driver.read(QUEUE_ENABLE, 2)).isZero();
        assertThat(driver.read(QUEUE_SIZE, 2)).isEqualTo(256);
        assertThat(driver.read(QUEUE_DESC, 8)).isZero();
        assertThat(driver.read(QUEUE_MSIX_VECTOR, 2)).isEqualTo(0xffff);
        driver.offer(2);
        driver.kick(2);
        assertThat(driver.usedIdx(2)).as("nothing is served").isEqualTo(1);

        driver.clearRing(5);
        driver.write(QUEUE_SIZE, 2, 8);
        driver.write(QUEUE_DESC, 8, TestDriver.desc(5));
        driver.write(QUEUE_DRIVER, 8, TestDriver.avail(5));
        driver.write(QUEUE_DEVICE, 8, TestDriver.used(5));
        driver.write(QUEUE_ENABLE, 2, 1);
        driver.offer(5);
        driver.kick(2);
        assertThat(driver.usedIdx(5)).isEqualTo(1);
        assertThat(driver.status()).isEqualTo(0xf);
    }

    @Test
    @Tag("PCI-33")
    void ringResetBeforeDriverOkDoesNotReachTheDevice() {
        driver.features(TestDriver.RING_RESET);
        driver.status(0xb);
        driver.setUpQueue(0);
        driver.write(QUEUE_RESET, 2, 1);
        assertThat(driver.read(QUEUE_ENABLE, 2)).isZero();
        assertThat(driver.device.takeCalls()).isEmpty();
    }

    @Test
    @Tag("PCI-33")
    void ringResetThatWasNotNegotiatedIsIgnored() {
        driver.start(TestDriver.VERSION_1);
        driver.device.takeCalls();
        driver.select(2);
        driver.write(QUEUE_RESET, 2, 1);
        assertThat(driver.read(QUEUE_ENABLE, 2)).isEqualTo(1);
        assertThat(driver.device.takeCalls()).isEmpty();
    }

    @Test
    @Tag("PCI-52")
    void anyEventTakesAnyVectorAndLetsGoAgain() {
        for (int vector : new int[] {0, 1, 0xffff}) {
            driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, vector);
            assertThat(driver.read(CommonCfg.CONFIG_MSIX_VECTOR, 2)).isEqualTo(vector);
            for (int queue = 0; queue < 4; queue++) {
                driver.select(queue);
                driver.write(QUEUE_MSIX_VECTOR, 2, vector);
                assertThat(driver.read(QUEUE_MSIX_VECTOR, 2)).isEqualTo(vector);
            }
        }
    }

    @ParameterizedTest
    @Tag("PCI-53")
    @ValueSource(ints = {2, 7, 0x7fff, 0xfffe})
    void vectorThatDoesNotExistIsRefused(int vector) {
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 1);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, vector);
        assertThat(driver.read(CommonCfg.CONFIG_MSIX_VECTOR, 2)).isEqualTo(0xffff);
        driver.write(QUEUE_MSIX_VECTOR, 2, 1);
        driver.write(QUEUE_MSIX_VECTOR, 2, vector);
        assertThat(driver.read(QUEUE_MSIX_VECTOR, 2)).isEqualTo(0xffff);
    }

    @Test
    @Tag("PCI-53")
    void withoutMsixNoVectorExists() {
        TestDriver without = new TestDriver(0);
        without.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        assertThat(without.read(CommonCfg.CONFIG_MSIX_VECTOR, 2)).isEqualTo(0xffff);
    }
}
