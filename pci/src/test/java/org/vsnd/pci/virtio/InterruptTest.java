// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.pci.virtio.CommonCfg.CONFIG_MSIX_VECTOR;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_MSIX_VECTOR;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.pci.RecordingInterrupts.Message;

class InterruptTest {
    private static final int ISR = 0x1000;

    private static TestDriver withIntx(int msixVectors) {
        return new TestDriver(msixVectors).enableBus().start(0);
    }

    private static TestDriver withMsix(FakeHost host) {
        TestDriver driver = new TestDriver(host, 2).enableBus().enableMsix().start(0);
        for (int queue = 0; queue < 4; queue++) {
            driver.select(queue);
            driver.write(QUEUE_MSIX_VECTOR, 2, 1);
        }
        driver.write(CONFIG_MSIX_VECTOR, 2, 0);
        return driver;
    }

    private static void use(TestDriver driver, int queue) {
        driver.offer(queue);
        driver.kick(queue);
    }

    private static int status(TestDriver driver) {
        return driver.function.readConfig(0x06, 2);
    }

    @ParameterizedTest
    @Tag("PCI-43")
    @Tag("PCI-44")
    @CsvSource({"0", "2"})
    void withoutMsixAUsedBufferRaisesIntxUntilTheIsrIsRead(int vectors) {
        TestDriver driver = withIntx(vectors);
        use(driver, 3);
        assertThat(driver.host.interrupts.intx).isTrue();
        assertThat(status(driver)).isEqualTo(0x18);
        assertThat(driver.isr()).isEqualTo(1);
        assertThat(driver.host.interrupts.intx).isFalse();
        assertThat(status(driver)).isEqualTo(0x10);
        assertThat(driver.isr()).isZero();
        assertThat(driver.host.interrupts.messages).isEmpty();
    }

    @Test
    @Tag("PCI-43")
    void isrCollectsBothCauses() {
        TestDriver driver = withIntx(2);
        use(driver, 0);
        driver.device.transport.configChanged();
        assertThat(driver.isr()).isEqualTo(3);
    }

    @Test
    @Tag("PCI-43")
    void onlyTheIsrByteItselfClears() {
        TestDriver driver = withIntx(2);
        use(driver, 0);
        assertThat(driver.read(ISR + 1, 4)).isZero();
        driver.write(ISR, 1, 0);
        assertThat(driver.host.interrupts.intx).isTrue();
        assertThat(driver.read(ISR, 4)).as("a wider read").isEqualTo(1);
        assertThat(driver.host.interrupts.intx).isFalse();
    }

    @Test
    @Tag("PCI-44")
    void commandBit10HoldsTheLineDown() {
        TestDriver driver = withIntx(2);
        driver.function.writeConfig(0x04, 2, 0x0406);
        use(driver, 0);
        assertThat(driver.host.interrupts.intx).isFalse();
        assertThat(status(driver)).isEqualTo(0x18);
        driver.function.writeConfig(0x05, 1, 0);
        assertThat(driver.host.interrupts.intx).isTrue();
    }

    @Test
    @Tag("PCI-44")
    void needsResetRaisesIntxToo() {
        TestDriver driver = withIntx(0);
        driver.device.transport.needsReset("test");
        assertThat(driver.host.interrupts.intx).isTrue();
        assertThat(driver.isr()).isEqualTo(2);
    }

    @Test
    void turningMsixOnTakesIntxDown() {
        TestDriver driver = withIntx(2);
        use(driver, 0);
        driver.enableMsix();
        assertThat(driver.host.interrupts.intx).isFalse();
        assertThat(status(driver)).isEqualTo(0x10);
    }

    @Test
    @Tag("PCI-09")
    void resetTakesIntxDown() {
        TestDriver driver = withIntx(2);
        use(driver, 0);
        driver.status(0);
        assertThat(driver.host.interrupts.intx).isFalse();
        assertThat(driver.isr()).isZero();
    }

    @Test
    void withMsixTheMappedVectorIsSent() {
        TestDriver driver = withMsix(new FakeHost(2, false));
        use(driver, 0);
        use(driver, 3);
        driver.device.transport.configChanged();
        assertThat(driver.host.interrupts.messages)
                .containsExactly(
                        new Message(1, 0xfee00000L, 0x41),
                        new Message(1, 0xfee00000L, 0x41),
                        new Message(0, 0xfee00000L, 0x40));
        assertThat(driver.host.interrupts.intx).isFalse();
    }

    @Test // the queue bit belongs to INTx
    @Tag("PCI-44")
    void withMsixAUsedBufferDoesNotTouchTheIsr() {
        TestDriver driver = withMsix(new FakeHost(2, false));
        use(driver, 0);
        assertThat(driver.isr()).isZero();
    }

    @Test
    @Tag("PCI-55")
    void unmappedEventsAreSilent() {
        TestDriver driver = new TestDriver(2).enableBus().enableMsix().start(0);
        use(driver, 0);
        driver.device.transport.configChanged();
        assertThat(driver.usedIdx(0)).isEqualTo(1);
        assertThat(driver.host.interrupts.messages).isEmpty();
        assertThat(driver.host.interrupts.intx).isFalse();
    }

    @Test
    @Tag("PCI-56")
    void maskedVectorIsDeliveredWhenUnmasked() {
        TestDriver driver = withMsix(new FakeHost(2, false));
        driver.function.writeBar(1, 16 + 12, 4, 1);
        use(driver, 0);
        assertThat(driver.host.interrupts.messages).isEmpty();
        assertThat(driver.function.readBar(1, 0x800, 8)).isEqualTo(0b10);
        driver.function.writeBar(1, 16 + 12, 4, 0);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(1);
        assertThat(driver.function.readBar(1, 0x800, 8)).isZero();
    }

    @Test
    @Tag("PCI-56")
    void functionMaskIsTheMessageControlBit() {
        TestDriver driver = withMsix(new FakeHost(2, false));
        driver.function.writeConfig(TestDriver.MSIX_CONTROL, 2, 0xc000);
        use(driver, 0);
        assertThat(driver.host.interrupts.messages).isEmpty();
        driver.function.writeConfig(TestDriver.MSIX_CONTROL + 1, 1, 0x80);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(1);
    }

    @Test
    @Tag("PCI-09")
    void resetForgetsPendingMessages() {
        TestDriver driver = withMsix(new FakeHost(2, false));
        driver.function.writeBar(1, 16 + 12, 4, 1);
        use(driver, 0);
        driver.status(0);
        driver.function.writeBar(1, 16 + 12, 4, 0);
        assertThat(driver.host.interrupts.messages).isEmpty();
    }

    @Test
    void hostThatMasksSeesEveryTriggerAndFeedsThePendingBits() {
        FakeHost host = new FakeHost(2, true);
        TestDriver driver = new TestDriver(host, 2).enableBus().start(0);
        driver.function.writeConfig(
                TestDriver.MSIX_CONTROL, 2, 0x8000); // its table never reaches us: still masked here
        driver.select(0);
        driver.write(QUEUE_MSIX_VECTOR, 2, 1);
        use(driver, 0);
        assertThat(host.interrupts.takeVectors()).containsExactly(1);
        host.interrupts.hostPending.set(1);
        assertThat(driver.function.readBar(1, 0x800, 4)).isEqualTo(0b10);
    }
}
