// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_FEATURE_SELECT;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_MSIX_VECTOR;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;

class SnapshotTest {
    private static final int VECTORS = 2;
    private static final int QUEUE = 2;

    /** Everything that reads do not change. */
    private static List<Long> registers(TestDriver driver) {
        List<Long> all = new ArrayList<>();
        for (int offset = 0; offset < 0x100; offset++) {
            all.add((long) driver.function.readConfig(offset, 1));
        }
        for (int offset = 0; offset < 0x1000; offset += 8) {
            all.add(driver.function.readBar(1, offset, 8));
        }
        for (int offset = 0; offset < CommonCfg.LENGTH; offset++) {
            all.add(driver.function.readBar(4, offset, 1));
        }
        return all;
    }

    private static TestDriver copyOf(TestDriver driver) throws SnapshotException {
        TestDriver copy = new TestDriver(VECTORS);
        copy.function.restore(driver.function.snapshot());
        return copy;
    }

    private static TestDriver withPendingVector() {
        TestDriver driver = new TestDriver(VECTORS).enableBus().enableMsix().start(TestDriver.VERSION_1);
        driver.select(QUEUE);
        driver.write(QUEUE_MSIX_VECTOR, 2, 1);
        driver.write(DEVICE_FEATURE_SELECT, 4, 1);
        driver.function.writeBar(1, 16 + 12, 4, 1);
        driver.function.writeConfig(0x3c, 1, 11);
        driver.offer(QUEUE);
        driver.kick(QUEUE);
        assertThat(driver.host.interrupts.takeVectors()).isEmpty();
        return driver;
    }

    @Test
    void everyRegisterReadsAsBefore() throws SnapshotException {
        TestDriver driver = withPendingVector();
        TestDriver copy = copyOf(driver);
        assertThat(registers(copy)).isEqualTo(registers(driver));
        assertThat(copy.function.snapshot()).isEqualTo(driver.function.snapshot());
        assertThat(copy.device.takeCalls()).containsExactly("load running", "restored", "save");
    }

    @Test
    void aPendingVectorIsSentWhenItIsUnmasked() throws SnapshotException {
        TestDriver copy = copyOf(withPendingVector());
        assertThat(copy.host.interrupts.takeVectors()).isEmpty();
        copy.function.writeBar(1, 16 + 12, 4, 0);
        assertThat(copy.host.interrupts.takeVectors()).containsExactly(1);
    }

    @Test
    void intxHasTheLevelItHadAndChangesNoMoreThanItMust() throws SnapshotException {
        TestDriver driver = new TestDriver(VECTORS).enableBus().start(TestDriver.VERSION_1);
        driver.offer(QUEUE);
        driver.kick(QUEUE);
        assertThat(driver.host.interrupts.intx).isTrue();
        byte[] asserted = driver.function.snapshot();
        TestDriver copy = new TestDriver(VECTORS);
        byte[] idle = copy.function.snapshot();
        copy.function.restore(asserted);
        copy.function.restore(asserted);
        assertThat(copy.host.interrupts.intx).isTrue();
        assertThat(copy.host.interrupts.intxChanges).isEqualTo(1);
        assertThat(copy.isr()).isEqualTo(1);
        assertThat(copy.host.interrupts.intx).isFalse();
        copy.function.restore(asserted);
        copy.function.restore(idle);
        assertThat(copy.host.interrupts.intx).isFalse();
        assertThat(copy.function.snapshot()).isEqualTo(idle);
    }

    @Test
    void aQueueGoesOnAtItsIndex() throws SnapshotException {
        TestDriver driver = new TestDriver(VECTORS).enableBus().start(TestDriver.VERSION_1);
        driver.offer(QUEUE);
        driver.kick(QUEUE);
        TestDriver copy = new TestDriver(driver.host, VECTORS); // another function over the same memory
        copy.function.restore(driver.function.snapshot());
        copy.offer(QUEUE);
        copy.kick(QUEUE);
        assertThat(copy.usedIdx(QUEUE)).isEqualTo(2);
    }

    @Test
    void aFunctionWithOtherVectorsRefusesAndStaysAsItIs() {
        byte[] snapshot = withPendingVector().function.snapshot();
        TestDriver other = new TestDriver(6).enableBus().start(TestDriver.VERSION_1);
        byte[] before = other.function.snapshot();
        assertThatThrownBy(() -> other.function.restore(snapshot))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("msix=2, but this one has msix=6");
        assertThat(other.function.snapshot()).isEqualTo(before);
    }

    @Test
    void theFunctionOffersItAsAnAbility() {
        TestDriver driver = new TestDriver(VECTORS);
        assertThat(driver.function.ability(Snapshotable.class)).containsSame(driver.function);
        assertThat(driver.function.ability(Runnable.class)).isEmpty();
    }
}
