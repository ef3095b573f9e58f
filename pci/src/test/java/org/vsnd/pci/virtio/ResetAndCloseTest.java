// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "strict={0}")
@ValueSource(booleans = {true, false})
class ResetAndCloseTest {
    private static final int DEVICE_CONTROL = 0x4c + 8;

    private final TestDriver driver;

    ResetAndCloseTest(boolean strict) {
        driver = TestDriver.of(strict, 2);
    }

    private byte[] image() {
        byte[] image = new byte[4096];
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) driver.function.readConfig(i, 1);
        }
        return image;
    }

    private void useEverything() {
        driver.function.writeConfig(0x14, 4, 0xfebf0000);
        driver.function.writeConfig(0x20, 4, 0xfebe0000);
        driver.function.writeConfig(0x3c, 1, 11);
        driver.function.writeConfig(DEVICE_CONTROL, 2, 0x00e0);
        driver.enableBus().enableMsix().start(0);
        driver.device.takeCalls();
    }

    private void assertAsNew(byte[] fresh) {
        assertThat(driver.device.takeCalls()).containsExactly("reset");
        assertThat(image()).isEqualTo(fresh);
        assertThat(driver.status()).isZero();
        assertThat(driver.function.readBar(1, 0, 8)).isZero();
        assertThat(driver.function.readBar(1, 12, 4)).isEqualTo(1);
        driver.start(0);
        assertThat(driver.device.takeCalls())
                .as("bus mastering is off again")
                .containsExactly("reset")
                .doesNotContain("driverOk");
    }

    @Test
    void functionResetRestoresEverything() {
        byte[] fresh = image();
        useEverything();
        driver.function.reset();
        assertAsNew(fresh);
    }

    @Test
    void functionLevelResetDoesTheSame() {
        byte[] fresh = image();
        useEverything();
        driver.function.writeConfig(DEVICE_CONTROL, 2, 0xa810);
        assertAsNew(fresh);
    }

    @Test
    void functionLevelResetIsItsBitInWhateverAccess() {
        byte[] fresh = image();
        useEverything();
        driver.function.writeConfig(DEVICE_CONTROL + 1, 1, 0x80);
        assertAsNew(fresh);
    }

    @Test
    void otherBitsOfDeviceControlDoNotReset() {
        useEverything();
        driver.function.writeConfig(DEVICE_CONTROL, 1, 0x80);
        driver.function.writeConfig(DEVICE_CONTROL, 4, 0x80007fff);
        assertThat(driver.device.takeCalls()).isEmpty();
        assertThat(driver.status()).isEqualTo(0xf);
    }

    @Test
    void theDeviceWorksAgainAfterAFunctionReset() {
        useEverything();
        driver.function.reset();
        driver.enableBus().enableMsix().start(0);
        driver.select(0);
        driver.write(CommonCfg.QUEUE_MSIX_VECTOR, 2, 0);
        driver.offer(0);
        driver.kick(0);
        assertThat(driver.usedIdx(0)).isEqualTo(1);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(0);
    }

    @Test
    void virtioResetKeepsThePciSide() {
        useEverything();
        byte[] before = image();
        driver.status(0);
        assertThat(image()).isEqualTo(before);
        assertThat(driver.function.readBar(1, 8, 4)).isEqualTo(0x40);
    }

    @Test
    void closeEndsTheDeviceOnce() {
        useEverything();
        driver.function.close();
        driver.function.close();
        assertThat(driver.device.takeCalls()).containsExactly("reset", "close");
    }

    @Test
    void afterCloseNothingHappens() {
        driver.enableBus().start(0);
        driver.offer(0);
        driver.kick(0);
        driver.function.close();
        assertThat(driver.host.interrupts.intx).as("deasserted").isFalse();
        int changes = driver.host.interrupts.intxChanges;
        long accesses = driver.host.accesses;
        driver.device.takeCalls();

        driver.device.transport.configChanged();
        driver.device.transport.needsReset("too late");
        driver.function.reset();
        driver.enableBus().enableMsix().start(0);
        driver.kick(0);
        driver.device.queueNotified(0);

        assertThat(driver.host.interrupts.intxChanges).isEqualTo(changes);
        assertThat(driver.host.interrupts.messages).isEmpty();
        assertThat(driver.host.accesses).isEqualTo(accesses);
        assertThat(driver.device.takeCalls()).containsExactly("notified 0");
        assertThat(driver.function.readConfig(0, 4)).isZero();
        assertThat(driver.function.readBar(4, 0, 8)).isZero();
    }

    @Test
    void impossibleVectorCountIsOurFault() {
        assertThatThrownBy(() -> new TestDriver(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
