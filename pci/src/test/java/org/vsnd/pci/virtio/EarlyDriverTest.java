// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.pci.virtio.CommonCfg.DEVICE_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.DRIVER_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_MSIX_VECTOR;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_RESET;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_SELECT;
import static org.vsnd.pci.virtio.FakeVirtioDevice.EARLY_QUEUE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.DescriptorChain;

/** PCI-02 and ADR 25: drivers that use the device before DRIVER_OK, which must not be before they have settled what it is. */
class EarlyDriverTest {
    private static final int EVENT_QUEUE = 1;
    private static final int TX_QUEUE = 2;

    private final TestDriver driver = new TestDriver(2).enableBus();

    /** Up to where FreeBSD's bus calls the driver's attach: DRIVER, FEATURES_OK, queues enabled, no DRIVER_OK. */
    private static TestDriver attach(TestDriver driver) {
        driver.status(0);
        driver.status(3);
        driver.features(TestDriver.VERSION_1);
        driver.status(0xb);
        for (int i = 0; i < FakeVirtioDevice.QUEUES; i++) {
            driver.setUpQueue(i);
        }
        driver.device.takeCalls();
        return driver;
    }

    private static void ask(TestDriver driver) {
        driver.offer(EARLY_QUEUE);
        driver.kick(EARLY_QUEUE);
    }

    private static void assertNothingHappened(TestDriver driver) {
        assertThat(driver.device.takeCalls()).isEmpty();
        assertThat(driver.usedIdx(EARLY_QUEUE)).isZero();
        assertThat(driver.host.accesses).isZero();
        assertThat(driver.isr()).isZero();
    }

    @Test
    @Tag("PCI-02")
    void aQuestionBeforeDriverOkIsAnsweredAndInterrupts() {
        ask(attach(driver));
        assertThat(driver.device.takeCalls()).containsExactly("driverEarly", "notified 0");
        assertThat(driver.usedIdx(EARLY_QUEUE)).isEqualTo(1);
        assertThat(driver.isr()).isEqualTo(1);
        assertThat(driver.status()).as("nothing is added").isEqualTo(0xb);
    }

    @Test
    @Tag("PCI-02")
    void aStrictDeviceWaitsForDriverOk() {
        TestDriver strict = attach(TestDriver.of(true, 2).enableBus());
        ask(strict);
        assertNothingHappened(strict);
        strict.status(0xf);
        assertThat(strict.device.takeCalls()).containsExactly("driverOk");
        assertThat(strict.usedIdx(EARLY_QUEUE)).isEqualTo(1);
    }

    @Test
    void aVectorIsSentAsUsual() {
        attach(driver.enableMsix());
        driver.select(EARLY_QUEUE);
        driver.write(QUEUE_MSIX_VECTOR, 2, 1);
        ask(driver);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(1);
    }

    @Test
    void driverOkLaterLooksAtEveryQueueOnce() {
        ask(attach(driver));
        driver.offer(TX_QUEUE);
        driver.device.takeCalls();
        driver.status(0xf);
        driver.status(0xf);
        assertThat(driver.device.takeCalls()).containsExactly("driverOk");
        assertThat(driver.usedIdx(TX_QUEUE)).isEqualTo(1);
        ask(driver);
        assertThat(driver.device.takeCalls()).containsExactly("notified 0");
        assertThat(driver.usedIdx(EARLY_QUEUE)).isEqualTo(2);
    }

    @Test
    @Tag("PCI-02")
    void anotherQueueIsServedOnceItIsNotifiedToo() {
        attach(driver);
        driver.offer(TX_QUEUE);
        driver.kick(TX_QUEUE);
        assertNothingHappened(driver);
        ask(driver);
        assertThat(driver.usedIdx(TX_QUEUE)).as("its notification was ignored").isZero();
        driver.kick(TX_QUEUE);
        assertThat(driver.usedIdx(TX_QUEUE)).isEqualTo(1);
        assertThat(driver.device.takeCalls()).containsExactly("driverEarly", "notified 0", "notified 2");
    }

    @Test // 5BSD offers event buffers before it asks, nuttx after DRIVER_OK
    @Tag("PCI-02")
    void eventBuffersDoNotBeginAnything() {
        attach(driver);
        driver.offer(EVENT_QUEUE);
        driver.kick(EVENT_QUEUE);
        driver.kick(FakeVirtioDevice.QUEUES);
        assertNothingHappened(driver);
    }

    static Stream<Named<Consumer<TestDriver>>> unsettled() {
        return Stream.of(
                Named.of("no DRIVER", driver -> {
                    driver.status(0);
                    driver.status(1);
                    driver.setUpQueue(EARLY_QUEUE);
                }),
                Named.of("features refused", driver -> {
                    driver.status(0);
                    driver.status(3);
                    driver.features(1L << 60);
                    driver.status(0xb);
                    driver.setUpQueue(EARLY_QUEUE);
                }),
                Named.of("queue not enabled", driver -> {
                    driver.status(0);
                    driver.status(3);
                    driver.status(0xb);
                }),
                Named.of("bus mastering off", driver -> driver.function.writeConfig(0x04, 2, 0x0002)),
                Named.of("FAILED", driver -> driver.status(0x8b)),
                Named.of("reset", driver -> driver.status(0)),
                Named.of("function reset", driver -> driver.function.reset()),
                Named.of("needs a reset", driver -> driver.device.transport.needsReset("test")),
                Named.of("closed", driver -> driver.function.close()));
    }

    @ParameterizedTest
    @Tag("PCI-02")
    @Tag("PCI-06")
    @Tag("PCI-09")
    @Tag("PCI-57")
    @MethodSource
    void unsettled(Consumer<TestDriver> state) {
        attach(driver);
        state.accept(driver);
        driver.device.takeCalls();
        ask(driver);
        assertNothingHappened(driver);
    }

    @Test
    @Tag("PCI-02")
    @Tag("PCI-35")
    void aNotificationBeforeTheQueueIsEnabledIsLost() {
        driver.status(3);
        driver.status(0xb);
        ask(driver);
        driver.setUpQueue(EARLY_QUEUE);
        assertNothingHappened(driver);
        driver.kick(EARLY_QUEUE);
        assertThat(driver.usedIdx(EARLY_QUEUE)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-06")
    void lessIsAcceptedAfterARefusal() {
        driver.status(3);
        driver.features(1L << 60);
        driver.status(0xb);
        driver.features(TestDriver.VERSION_1);
        driver.status(0xb);
        driver.setUpQueue(EARLY_QUEUE);
        ask(driver);
        assertThat(driver.usedIdx(EARLY_QUEUE)).isEqualTo(1);
    }

    @Test // river that knows no FEATURES_OK
    @Tag("PCI-06")
    void withoutFeaturesOkWhatWasAcknowledgedStaysInEffect() {
        driver.status(3);
        driver.features(1L << 29);
        driver.setUpQueue(EARLY_QUEUE);
        ask(driver);
        assertThat(driver.device.transport.queue(EARLY_QUEUE).eventIdx()).isTrue();
        driver.features(0);
        assertThat(driver.read(DRIVER_FEATURE, 4)).as("select 1").isZero();
        driver.write(CommonCfg.DRIVER_FEATURE_SELECT, 4, 0);
        assertThat(driver.read(DRIVER_FEATURE, 4)).isEqualTo(1L << 29);
        driver.status(0xf);
        assertThat(driver.status()).isEqualTo(0xf);
        assertThat(driver.device.features).isEqualTo(1L << 29);
    }

    @Test
    @Tag("PCI-09")
    void aResetTakesTheMemoryAway() throws GuestMemoryException {
        driver.device.holding = true;
        ask(attach(driver));
        DescriptorChain chain = driver.device.held.get(0);
        long before = driver.host.accesses;
        driver.status(0);
        assertThat(driver.device.takeCalls()).containsExactly("driverEarly", "notified 0", "reset");
        driver.device.transport.queue(EARLY_QUEUE).complete(chain, 0);
        driver.kick(EARLY_QUEUE);
        assertThat(driver.host.accesses).isEqualTo(before);
        driver.clearRing(EARLY_QUEUE);
        driver.device.holding = false;
        ask(attach(driver));
        assertThat(driver.usedIdx(EARLY_QUEUE))
                .as("and the driver may begin early again")
                .isEqualTo(1);
    }

    @Test
    @Tag("PCI-57")
    void busMasteringOffInTheMiddleHoldsNotificationsBack() {
        ask(attach(driver));
        driver.function.writeConfig(0x04, 2, 0x0002);
        driver.device.takeCalls();
        long before = driver.host.accesses;
        ask(driver);
        assertThat(driver.host.accesses).isEqualTo(before);
        assertThat(driver.device.takeCalls()).isEmpty();
        driver.function.writeConfig(0x04, 2, 0x0006);
        assertThat(driver.usedIdx(EARLY_QUEUE)).isEqualTo(2);
    }

    @Test
    @Tag("PCI-57")
    void driverOkWaitsForBusMasteringAsUsual() {
        ask(attach(driver));
        driver.function.writeConfig(0x04, 2, 0x0002);
        driver.status(0xf);
        assertThat(driver.device.takeCalls()).doesNotContain("driverOk");
        driver.function.writeConfig(0x04, 2, 0x0006);
        assertThat(driver.device.takeCalls()).containsOnlyOnce("driverOk");
    }

    @Test // without DRIVER_OK there is no configuration interrupt
    @Tag("PCI-03")
    @Tag("PCI-04")
    void aBrokenRingEndsTheDeviceQuietly() {
        attach(driver);
        driver.host.ram.putShort((int) TestDriver.avail(EARLY_QUEUE) + 2, (short) 1000);
        driver.kick(EARLY_QUEUE);
        assertThat(driver.status()).isEqualTo(0x4b);
        assertThat(driver.isr()).isZero();
        long before = driver.host.accesses;
        driver.status(0xf);
        driver.kick(EARLY_QUEUE);
        assertThat(driver.host.accesses).isEqualTo(before);
    }

    @Test
    @Tag("PCI-33")
    void aQueueIsResetWhileTheDeviceRunsEarly() {
        driver.status(3);
        driver.features(TestDriver.VERSION_1 | TestDriver.RING_RESET);
        driver.status(0xb);
        driver.setUpQueue(EARLY_QUEUE);
        ask(driver);
        driver.device.takeCalls();
        driver.write(QUEUE_SELECT, 2, EARLY_QUEUE);
        driver.write(QUEUE_RESET, 2, 1);
        assertThat(driver.device.takeCalls()).containsExactly("queueReset 0");
    }

    @Test // HAIKU.md section 3: it begins with DRIVER_OK
    void haikuIsToldOfDriverOkAsBefore() {
        driver.write(DEVICE_FEATURE, 4, 0);
        driver.status(0x0a);
        driver.setUpQueue(EARLY_QUEUE);
        driver.offer(EARLY_QUEUE);
        driver.status(0x0e);
        assertThat(driver.device.takeCalls()).containsExactly("driverOk");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSnapshotGoesOnBeforeDriverOk(boolean asked) throws SnapshotException {
        attach(driver);
        if (asked) {
            ask(driver);
        }
        TestDriver copy = new TestDriver(driver.host, 2);
        copy.function.restore(driver.function.snapshot());
        assertThat(copy.function.snapshot()).isEqualTo(driver.function.snapshot());
        assertThat(copy.device.takeCalls()).startsWith("load " + (asked ? "running" : "idle"), "restored");
        ask(copy);
        assertThat(copy.usedIdx(EARLY_QUEUE)).isEqualTo(asked ? 2 : 1);
        copy.features(0);
        copy.status(0xf);
        assertThat(copy.device.takeCalls()).contains("driverOk");
        assertThat(copy.device.features).as("frozen").isEqualTo(TestDriver.VERSION_1);
    }

    @Test
    void aSnapshotRemembersThatFeaturesWereRefusedOrWentWithoutFeaturesOk() throws SnapshotException {
        driver.status(3);
        driver.setUpQueue(EARLY_QUEUE);
        driver.features(1L << 60);
        driver.status(0xb);
        TestDriver refused = new TestDriver(driver.host, 2);
        refused.function.restore(driver.function.snapshot());
        ask(refused);
        assertNothingHappenedBut(refused, "load idle", "restored");

        TestDriver without = new TestDriver(2).enableBus();
        without.status(3);
        without.features(1L << 29);
        without.setUpQueue(EARLY_QUEUE);
        ask(without);
        TestDriver copy = new TestDriver(without.host, 2);
        copy.function.restore(without.function.snapshot());
        copy.features(0);
        copy.status(0xf);
        assertThat(copy.device.features).isEqualTo(1L << 29);
    }

    private static void assertNothingHappenedBut(TestDriver driver, String... calls) {
        assertThat(driver.device.takeCalls()).containsExactly(calls);
        assertThat(driver.usedIdx(EARLY_QUEUE)).isZero();
    }

    @Test
    void aStrictDeviceRefusesTheSnapshotOfADriverThatIsEarly() {
        ask(attach(driver));
        TestDriver strict = TestDriver.of(true, 2);
        byte[] before = strict.function.snapshot();
        assertThatThrownBy(() -> strict.function.restore(driver.function.snapshot()))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("runs before DRIVER_OK");
        assertThat(strict.function.snapshot()).isEqualTo(before);
    }

    @Test
    void aSnapshotThatContradictsItselfIsRefused() throws SnapshotException {
        ask(attach(driver));
        byte[] good = driver.function.snapshot();
        TestDriver copy = new TestDriver(2);
        copy.function.restore(forged(good, 0x0b, 1, 1));
        assertThatThrownBy(() -> copy.function.restore(forged(good, 0x0b, 0, 1)))
                .hasMessageContaining("begun early, and the device does not run");
        assertThatThrownBy(() -> copy.function.restore(forged(good, 0x0b, 1, 0)))
                .hasMessageContaining("runs without DRIVER_OK");
        assertThatThrownBy(() -> copy.function.restore(forged(good, 0x0f, 1, 1)))
                .hasMessageContaining("does not run despite DRIVER_OK");
    }

    /** The snapshot with another beginning of its section VIRT: device_status, running, early. */
    private static byte[] forged(byte[] good, int... values) {
        byte[] bytes = good.clone();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("VIRT") + 8;
        for (int value : values) {
            bytes[at++] = (byte) value;
        }
        CRC32 crc = new CRC32();
        crc.update(bytes, 20, bytes.length - 20);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(16, (int) crc.getValue());
        return bytes;
    }
}
