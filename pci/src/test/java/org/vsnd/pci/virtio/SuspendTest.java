// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.pci.virtio.CommonCfg.CONFIG_MSIX_VECTOR;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_SELECT;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_SUSPEND;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.SnapshotException;

class SuspendTest {
    private static final long FEATURES = VIRTIO_F_VERSION_1 | VIRTIO_F_SUSPEND;
    private static final int RUNNING = 0xf;
    private static final int SUSPEND = 16;
    private static final int SUSPENDED = 0x1b;

    private final TestDriver driver = TestDriver.offering(VIRTIO_F_SUSPEND).start(FEATURES);
    private final FakeVirtioDevice device = driver.device;

    @Test
    @Tag("PCI-18")
    void idleDeviceIsSuspendedAtOnceAndResumes() {
        driver.status(RUNNING | SUSPEND);
        assertThat(driver.status()).isEqualTo(SUSPENDED);
        driver.status(SUSPENDED | 4);
        assertThat(driver.status()).isEqualTo(RUNNING);
        assertThat(device.takeCalls()).endsWith("suspend", "resume");
    }

    @Test
    @Tag("PCI-18")
    void busyDeviceShowsItWhenItIsDone() {
        device.idle = false;
        driver.status(RUNNING | SUSPEND);
        driver.status(RUNNING | SUSPEND);
        assertThat(driver.status()).isEqualTo(RUNNING);
        assertThat(device.takeCalls()).containsOnlyOnce("suspend");
        device.transport.suspended();
        assertThat(driver.status()).isEqualTo(SUSPENDED);
        device.transport.suspended();
        driver.status(SUSPENDED | 4);
        device.transport.suspended();
        assertThat(driver.status()).isEqualTo(RUNNING);
    }

    @Test
    @Tag("PCI-17")
    void suspendedDeviceTouchesNoQueue() {
        driver.status(RUNNING | SUSPEND);
        driver.offer(2);
        driver.kick(2);
        driver.function.writeConfig(0x04, 2, 0x0002);
        driver.function.writeConfig(0x04, 2, 0x0006);
        assertThat(driver.usedIdx(2)).isZero();
        assertThat(device.takeCalls()).noneMatch(call -> call.startsWith("notified"));
        driver.status(SUSPENDED | 4);
        assertThat(driver.usedIdx(2)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-17")
    void configurationIsNotWrittenExceptStatus() {
        driver.write(QUEUE_SELECT, 2, 3);
        driver.status(RUNNING | SUSPEND);
        driver.write(QUEUE_SELECT, 2, 1);
        driver.write(CONFIG_MSIX_VECTOR, 2, 1);
        assertThat(driver.read(QUEUE_SELECT, 2)).isEqualTo(3);
        assertThat(driver.read(CONFIG_MSIX_VECTOR, 2)).isEqualTo(0xffff);
        driver.status(0);
        assertThat(driver.status()).isZero();
        assertThat(driver.read(QUEUE_SELECT, 2)).isZero();
    }

    @Test
    @Tag("PCI-17")
    void changeOfTheConfigurationIsToldOnResume() {
        driver.status(RUNNING | SUSPEND);
        device.transport.configChanged();
        assertThat(driver.isr()).isZero();
        driver.status(SUSPENDED | 4);
        assertThat(driver.isr()).isEqualTo(2);
        driver.status(RUNNING | SUSPEND);
        driver.status(SUSPENDED | 4);
        assertThat(driver.isr()).as("told once").isZero();
    }

    @Test
    @Tag("PCI-18")
    void deviceThatBreaksMeanwhileSaysSoOnResume() {
        driver.status(RUNNING | SUSPEND);
        device.transport.needsReset("test");
        assertThat(driver.isr()).isZero();
        driver.status(SUSPENDED | 4);
        assertThat(driver.status()).isEqualTo(RUNNING | 64);
        assertThat(driver.isr()).isEqualTo(2);
        assertThat(device.takeCalls()).doesNotContain("resume");
        driver.status(RUNNING | 64 | SUSPEND);
        assertThat(device.takeCalls()).doesNotContain("suspend");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 0xb, RUNNING})
    @Tag("PCI-16")
    void bitIsIgnoredUntilTheDeviceIsInitialised(int status) {
        driver.status(0);
        driver.features(FEATURES);
        driver.status(status | SUSPEND);
        assertThat(driver.status()).isEqualTo(status);
        assertThat(device.takeCalls()).doesNotContain("suspend");
    }

    @Test
    void bitIsIgnoredUnlessNegotiated() {
        driver.start(VIRTIO_F_VERSION_1);
        driver.status(RUNNING | SUSPEND);
        assertThat(driver.status()).isEqualTo(RUNNING);
    }

    @Test
    @Tag("PCI-57")
    void deviceIsToldWhenBusMasteringIsBack() throws Exception {
        driver.function.writeConfig(0x04, 2, 0x0002);
        driver.status(RUNNING | SUSPEND);
        assertThat(driver.status()).isEqualTo(SUSPENDED);
        driver.offer(1);
        driver.status(SUSPENDED | 4);
        assertThat(driver.status()).isEqualTo(RUNNING);
        byte[] saved = driver.function.snapshot();
        driver.function.restore(saved);
        assertThat(driver.function.snapshot()).isEqualTo(saved);
        driver.function.writeConfig(0x04, 2, 0x0006);
        assertThat(driver.usedIdx(1)).isEqualTo(1);
        assertThat(device.takeCalls()).endsWith("resume");
    }

    @Test
    void deviceThatHasNotBegunIsSuspendedToo() {
        driver.function.writeConfig(0x04, 2, 0x0002);
        driver.start(FEATURES);
        device.takeCalls();
        driver.status(RUNNING | SUSPEND);
        assertThat(driver.status()).isEqualTo(SUSPENDED);
        driver.offer(1);
        driver.function.writeConfig(0x04, 2, 0x0006);
        driver.kick(FakeVirtioDevice.EARLY_QUEUE);
        assertThat(device.takeCalls()).isEmpty();
        assertThat(driver.usedIdx(1)).isZero();
        driver.status(SUSPENDED | 4);
        assertThat(device.takeCalls()).containsExactly("driverOk");
        assertThat(driver.usedIdx(1)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-09")
    void resetEndsIt() {
        device.idle = false;
        driver.status(RUNNING | SUSPEND);
        driver.start(FEATURES);
        device.transport.suspended();
        assertThat(driver.status()).isEqualTo(RUNNING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void snapshotHasIt(boolean idle) throws Exception {
        device.idle = idle;
        driver.status(RUNNING | SUSPEND);
        device.transport.configChanged();
        byte[] saved = driver.function.snapshot();
        TestDriver other = new TestDriver(driver.host, new FakeVirtioDevice(), 6, VIRTIO_F_SUSPEND);
        other.device.idle = idle;
        other.function.restore(saved);
        assertThat(other.device.takeCalls())
                .containsExactly("load running", "restored", idle ? "still suspended" : "still suspending");
        assertThat(other.status()).isEqualTo(idle ? SUSPENDED : RUNNING);
        assertThat(other.function.snapshot()).isEqualTo(saved);
        other.device.transport.suspended();
        other.status(SUSPENDED | 4);
        assertThat(other.status()).isEqualTo(RUNNING);
        assertThat(other.isr()).isEqualTo(2);
        TestDriver without = new TestDriver(driver.host, new FakeVirtioDevice(), 6);
        assertThatThrownBy(() -> without.function.restore(saved)).isInstanceOf(SnapshotException.class);
    }
}
