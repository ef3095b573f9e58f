// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.vsnd.pci.ecam.TestBus.HIGH_WINDOW;
import static org.vsnd.pci.ecam.TestBus.WINDOW;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vsnd.pci.PciIdentity;
import org.vsnd.pci.virtio.FakeHost;
import org.vsnd.pci.virtio.FakeVirtioDevice;
import org.vsnd.pci.virtio.VirtioPciFunction;
import org.vsnd.spi.Host;

/** The function that virtio devices have, on the bus. */
class VirtioFunctionTest {
    private static final int DEVICE = 2;
    private static final int MSIX_CONTROL = 0x42;
    private static final int STATUS = 0x14;
    private static final int CONFIG_VECTOR = 0x10;
    private static final long ISR = 0x1000;
    private static final int ROUNDS = 5_000;

    private final FakeVirtioDevice device = new FakeVirtioDevice();
    private long sum;

    private void plug(TestBus bus) {
        FakeHost fake = new FakeHost(0, false);
        Slot slot = bus.bridge.slot(DEVICE, 0);
        Host host = mock(Host.class);
        when(host.memory()).thenReturn(fake);
        when(host.interrupts()).thenReturn(slot.interrupts());
        when(host.thread()).thenReturn(fake);
        slot.plug(new VirtioPciFunction(host, device, new PciIdentity(0x040100, 0x1af4, 0x1100, 1), 2));
    }

    private static void start(TestBus bus) {
        bus.place(DEVICE, 4, HIGH_WINDOW);
        bus.write(DEVICE, 0, TestBus.COMMAND, 2, 6);
        for (int status : new int[] {0, 3, 0xb, 0xf}) {
            bus.bridge.writeWindow(HIGH_WINDOW + STATUS, 1, status);
        }
        assertThat(bus.bridge.readWindow(HIGH_WINDOW + STATUS, 1)).isEqualTo(0xf);
    }

    private static int capability(TestBus bus, int id) {
        int at = (int) bus.read(DEVICE, 0, 0x34, 1);
        while (bus.read(DEVICE, 0, at, 1) != id) {
            at = (int) bus.read(DEVICE, 0, at + 1, 1);
        }
        return at;
    }

    @Test
    void isFoundSizedAndStartedAndInterruptsByItsLine() {
        TestBus bus = TestBus.intxOnly();
        plug(bus);
        assertThat(bus.read(DEVICE, 0, 0, 4)).isEqualTo(0x1059_1af4);
        bus.write(DEVICE, 0, TestBus.BAR_0 + 16, 8, -1);
        assertThat(bus.read(DEVICE, 0, TestBus.BAR_0 + 16, 8)).isEqualTo(0xffff_ffff_ffff_c00cL);
        start(bus);
        device.transport.configChanged();
        assertThat(bus.lines[DEVICE]).isTrue();
        assertThat(bus.bridge.readWindow(HIGH_WINDOW + ISR, 1)).isEqualTo(2);
        assertThat(bus.lines[DEVICE]).isFalse();
    }

    @Test
    void writesItsMessagesWhereTheGuestSays() {
        TestBus bus = TestBus.withMsi();
        plug(bus);
        bus.place(DEVICE, 1, WINDOW);
        start(bus);
        bus.bridge.writeWindow(WINDOW, 8, 0xfee0_0000L);
        bus.bridge.writeWindow(WINDOW + 8, 8, 0x41);
        bus.write(DEVICE, 0, MSIX_CONTROL, 2, 0x8000);
        bus.bridge.writeWindow(HIGH_WINDOW + CONFIG_VECTOR, 2, 0);
        device.transport.configChanged();
        assertThat(bus.messages).containsExactly("0xfee00000: 0x41");
        assertThat(bus.lineChanges).isZero();
    }

    @Test
    void aFunctionLevelResetTakesItsBarsAway() {
        TestBus bus = TestBus.intxOnly();
        plug(bus);
        start(bus);
        bus.write(DEVICE, 0, capability(bus, 0x10) + 8, 2, 0x8000);
        assertThat(bus.bridge.readWindow(HIGH_WINDOW + STATUS, 1)).isEqualTo(0xff);
        start(bus);
    }

    @Test
    void noAccessThrows() {
        TestBus bus = TestBus.withMsi();
        plug(bus);
        bus.place(DEVICE, 1, WINDOW);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] sizes = {1, 2, 4, 8, 1, 2, 4, 8, 0, 3, -1, 16};
        long[] bases = {0, (long) DEVICE << 15, WINDOW, HIGH_WINDOW, -0x2000};
        for (int i = 0; i < 200_000; i++) {
            int size = sizes[random.nextInt(sizes.length)];
            long at = random.nextInt(50) == 0
                    ? random.nextLong()
                    : bases[random.nextInt(bases.length)] + random.nextInt(0x5000) - 0x100;
            long value = random.nextInt(3) == 0 ? HIGH_WINDOW >>> 32 : random.nextLong();
            try {
                switch (random.nextInt(4)) {
                    case 0 -> sum += bus.bridge.readEcam(at, size);
                    case 1 -> bus.bridge.writeEcam(at, size, value);
                    case 2 -> sum += bus.bridge.readWindow(at, size);
                    default -> bus.bridge.writeWindow(at, size, value);
                }
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", access " + i, e);
            }
        }
        bus.bridge.reset();
        start(bus);
        assertThat(sum).isNotZero();
    }

    private void everyKindOfAccess(TestBus bus, int round) {
        sum += bus.read(DEVICE, 0, 0, 4) + bus.read(DEVICE, 0, 8, 8) + bus.read(9, 0, 0, 4);
        bus.write(DEVICE, 0, 0x3c, 1, round);
        sum += bus.bridge.readWindow(HIGH_WINDOW + STATUS, 1) + bus.bridge.readWindow(WINDOW, 4);
        bus.bridge.writeWindow(HIGH_WINDOW + CONFIG_VECTOR, 2, round);
        device.transport.configChanged();
        sum += bus.bridge.readWindow(HIGH_WINDOW + ISR, 1);
    }

    @Test
    void accessesAndInterruptsAllocateNothing() {
        TestBus bus = TestBus.intxOnly();
        device.recording = false;
        plug(bus);
        start(bus);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) {
            everyKindOfAccess(bus, i);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            everyKindOfAccess(bus, i);
        }
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS).isZero();
        assertThat(bus.lineChanges).isGreaterThan(ROUNDS);
        assertThat(sum).isNotZero();
    }
}
