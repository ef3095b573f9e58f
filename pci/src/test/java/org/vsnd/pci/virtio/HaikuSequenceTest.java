// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The register accesses of HAIKU.md section 3, in its order. */
@ParameterizedClass(name = "strict={0}")
@ValueSource(booleans = {true, false})
class HaikuSequenceTest {
    private final TestDriver driver;

    HaikuSequenceTest(boolean strict) {
        driver = TestDriver.of(strict, 2);
    }

    private void setStatusAsTheBranchDoes(int bits) {
        int old = driver.status();
        driver.status(bits == 0 ? 0 : bits | old);
    }

    @Test
    void probeAndOpenWork() {
        driver.function.writeConfig(0x04, 2, 0x0006);
        for (int status : new int[] {0, 1, 2, 0}) {
            setStatusAsTheBranchDoes(status);
        }
        assertThat(driver.status()).isZero();

        setStatusAsTheBranchDoes(0);
        setStatusAsTheBranchDoes(1);
        setStatusAsTheBranchDoes(2);
        for (int select = 0; select < 2; select++) {
            driver.write(CommonCfg.DEVICE_FEATURE_SELECT, 4, select);
            driver.read(CommonCfg.DEVICE_FEATURE, 4);
        }
        for (int select = 0; select < 2; select++) {
            driver.write(CommonCfg.DRIVER_FEATURE_SELECT, 4, select);
            driver.write(CommonCfg.DEVICE_FEATURE, 4, select); // means driver_feature, VERSION_1
        }
        setStatusAsTheBranchDoes(8);
        assertThat(driver.status() & 8).as("FEATURES_OK").isEqualTo(8);
        assertThat(driver.read(CommonCfg.NUM_QUEUES, 2)).isGreaterThanOrEqualTo(4);
        for (int queue = 0; queue < 4; queue++) {
            driver.select(queue);
            assertThat(driver.read(CommonCfg.QUEUE_SIZE, 2)).isPositive();
            driver.setUpQueue(queue);
            assertThat(driver.read(CommonCfg.QUEUE_NOTIFY_OFF, 2)).isEqualTo(queue);
        }
        for (int vector = 0; vector < 2; vector++) {
            driver.function.writeBar(1, 16L * vector + 12, 4, 1);
            driver.function.writeBar(1, 16L * vector, 4, 0xfee00000L);
            driver.function.writeBar(1, 16L * vector + 4, 4, 0);
            driver.function.writeBar(1, 16L * vector + 8, 4, 0x30 + vector);
            long control = driver.function.readBar(1, 16L * vector + 12, 4);
            driver.function.writeBar(1, 16L * vector + 12, 4, control & ~1);
        }
        driver.function.writeConfig(0x04, 2, 0x0406);
        driver.function.writeConfig(TestDriver.MSIX_CONTROL, 2, 0x8001);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        for (int queue = 0; queue < 4; queue++) {
            driver.select(queue);
            driver.write(CommonCfg.QUEUE_MSIX_VECTOR, 2, 1);
        }
        setStatusAsTheBranchDoes(4);
        assertThat(driver.status()).isEqualTo(0xf);

        driver.offer(0);
        driver.kick(0);
        assertThat(driver.usedIdx(0)).isEqualTo(1);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(1);

        setStatusAsTheBranchDoes(0);
        assertThat(driver.status()).as("at once").isZero();
        setStatusAsTheBranchDoes(2);
        assertThat(driver.status()).isEqualTo(2);
    }
}
