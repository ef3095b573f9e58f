// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.CommonCfg.DEVICE_STATUS;
import static org.vsnd.pci.virtio.CommonCfg.DRIVER_FEATURE;
import static org.vsnd.pci.virtio.CommonCfg.DRIVER_FEATURE_SELECT;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_DESC;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_DEVICE;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_DRIVER;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_ENABLE;
import static org.vsnd.pci.virtio.CommonCfg.QUEUE_SELECT;

import org.vsnd.pci.PciIdentity;

/** The driver's side: a function over fake host and device, registers by name, rings in fake memory. */
final class TestDriver {
    static final PciIdentity IDENTITY = new PciIdentity(0x040100, 0x1af4, 0x1100, 1);
    static final int MSIX_CONTROL = 0x42;
    static final long VERSION_1 = 1L << 32;
    static final long RING_RESET = 1L << 40;

    final FakeHost host;
    final FakeVirtioDevice device;
    final VirtioPciFunction function;

    TestDriver(int msixVectors) {
        this(new FakeHost(2048, false), msixVectors);
    }

    TestDriver(FakeHost host, int msixVectors) {
        this(host, new FakeVirtioDevice(), msixVectors);
    }

    TestDriver(FakeHost host, FakeVirtioDevice device, int msixVectors) {
        this(host, device, msixVectors, 0);
    }

    /** @param features to be offered besides the ordinary ones */
    TestDriver(FakeHost host, FakeVirtioDevice device, int msixVectors, long features) {
        this.host = host;
        this.device = device;
        function = new VirtioPciFunction(host, device, IDENTITY, msixVectors, features);
    }

    /** A function that offers these as well. */
    static TestDriver offering(long features) {
        return new TestDriver(new FakeHost(2048, false), new FakeVirtioDevice(), 6, features).enableBus();
    }

    /** @param strict whether the device waits for DRIVER_OK, whatever its driver does */
    static TestDriver of(boolean strict, int msixVectors) {
        return new TestDriver(new FakeHost(2048, false), new FakeVirtioDevice(strict), msixVectors);
    }

    /** Memory decoding and bus mastering on. */
    TestDriver enableBus() {
        function.writeConfig(0x04, 2, 0x0006);
        return this;
    }

    /** Unmasks every vector, message data = 0x40 + vector, and turns MSI-X on. */
    TestDriver enableMsix() {
        int vectors = (function.readConfig(MSIX_CONTROL, 2) & 0x7ff) + 1;
        for (int i = 0; i < vectors; i++) {
            function.writeBar(1, 16L * i, 8, 0xfee00000L);
            function.writeBar(1, 16L * i + 8, 4, 0x40 + i);
            function.writeBar(1, 16L * i + 12, 4, 0);
        }
        function.writeConfig(MSIX_CONTROL, 2, 0x8000);
        return this;
    }

    /** The whole initialisation: status, features, all queues, DRIVER_OK. */
    TestDriver start(long features) {
        status(0);
        status(3);
        features(features);
        status(0xb);
        for (int i = 0; i < FakeVirtioDevice.QUEUES; i++) {
            setUpQueue(i);
        }
        status(0xf);
        return this;
    }

    void setUpQueue(int queue) {
        write(QUEUE_SELECT, 2, queue);
        write(QUEUE_DESC, 8, desc(queue));
        write(QUEUE_DRIVER, 8, avail(queue));
        write(QUEUE_DEVICE, 8, used(queue));
        write(QUEUE_ENABLE, 2, 1);
    }

    void features(long features) {
        write(DRIVER_FEATURE_SELECT, 4, 0);
        write(DRIVER_FEATURE, 4, features & 0xffffffffL);
        write(DRIVER_FEATURE_SELECT, 4, 1);
        write(DRIVER_FEATURE, 4, features >>> 32);
    }

    void status(int value) {
        write(DEVICE_STATUS, 1, value);
    }

    int status() {
        return (int) read(DEVICE_STATUS, 1);
    }

    void select(int queue) {
        write(QUEUE_SELECT, 2, queue);
    }

    long read(int register, int size) {
        return function.readBar(4, register, size);
    }

    void write(int register, int size, long value) {
        function.writeBar(4, register, size, value);
    }

    void kick(int queue) {
        function.writeBar(4, 0x3000 + 4L * queue, 2, queue);
    }

    int isr() {
        return (int) function.readBar(4, 0x1000, 1);
    }

    /** Makes one buffer of 16 bytes available, descriptor 0. */
    void offer(int queue) {
        host.ram.putLong((int) desc(queue), 0x8000);
        host.ram.putInt((int) desc(queue) + 8, 16);
        host.ram.putInt((int) desc(queue) + 12, 0);
        int idx = host.ram.getShort((int) avail(queue) + 2);
        host.ram.putShort((int) avail(queue) + 4 + 2 * (idx & 63), (short) 0);
        host.ram.putShort((int) avail(queue) + 2, (short) (idx + 1));
    }

    void clearRing(int queue) {
        for (int i = 0; i < 0x10000; i++) {
            host.ram.put((int) desc(queue) + i, (byte) 0);
        }
    }

    int usedIdx(int queue) {
        return host.ram.getShort((int) used(queue) + 2) & 0xffff;
    }

    static long desc(int queue) {
        return 0x10000L * (queue + 1);
    }

    static long avail(int queue) {
        return desc(queue) + 0x4000;
    }

    static long used(int queue) {
        return desc(queue) + 0x8000;
    }
}
