// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.VirtioPciCap.VIRTIO_PCI_CAP_COMMON_CFG;
import static org.vsnd.pci.virtio.VirtioPciCap.VIRTIO_PCI_CAP_DEVICE_CFG;
import static org.vsnd.pci.virtio.VirtioPciCap.VIRTIO_PCI_CAP_ISR_CFG;

import org.vsnd.pci.ConfigSpace;
import org.vsnd.spi.Bar;
import org.vsnd.virtio.VirtioDevice;

/**
 * The BAR with the four virtio structures, a page each. An access belongs to the page of its first byte; bytes
 * outside that page's structure read as 0 and ignore writes.
 */
final class VirtioStructures {
    static final int BAR = 4;
    static final int PAGE = 0x1000;
    static final int COMMON = 0x0000;
    static final int ISR = 0x1000;
    static final int DEVICE = 0x2000;
    static final int NOTIFY = 0x3000;
    static final int TOTAL = 0x4000;

    static final int ISR_LENGTH = 1;
    // The whole page: Haiku ignores the multiplier of a structure of 16 bytes or less (HAIKU.md section 2).
    static final int NOTIFY_LENGTH = PAGE;
    static final int NOTIFY_OFF_MULTIPLIER = 4;
    static final int MAX_QUEUES = NOTIFY_LENGTH / NOTIFY_OFF_MULTIPLIER;

    private final CommonCfgRegisters common;
    private final VirtioInterrupts interrupts;
    private final VirtioDevice device;
    private final VirtioPciTransport transport;
    private final int deviceLength;

    VirtioStructures(
            CommonCfgRegisters common, VirtioInterrupts interrupts, VirtioDevice device, VirtioPciTransport transport) {
        this.common = common;
        this.interrupts = interrupts;
        this.device = device;
        this.transport = transport;
        deviceLength = device.configLength();
        if (deviceLength < 1 || deviceLength > PAGE) {
            throw new IllegalArgumentException("device configuration of " + deviceLength + " bytes");
        }
        if (transport.queueCount() > MAX_QUEUES) {
            throw new IllegalArgumentException(transport.queueCount() + " queues");
        }
    }

    static Bar bar() {
        return new Bar(BAR, TOTAL, true, true);
    }

    /** Adds the capabilities that lead to the structures, with their true lengths. */
    void describe(ConfigSpace config) {
        config.add(VirtioPciCap.structure(VIRTIO_PCI_CAP_COMMON_CFG, BAR, COMMON, CommonCfg.LENGTH));
        config.add(VirtioPciCap.structure(VIRTIO_PCI_CAP_ISR_CFG, BAR, ISR, ISR_LENGTH));
        config.add(VirtioPciCap.structure(VIRTIO_PCI_CAP_DEVICE_CFG, BAR, DEVICE, deviceLength));
        config.add(VirtioPciCap.notify(BAR, NOTIFY, NOTIFY_LENGTH, NOTIFY_OFF_MULTIPLIER));
    }

    long read(int offset, int size) {
        int within = offset % PAGE;
        return switch (offset - within) {
            case COMMON -> common.read(within, size);
            case ISR -> within < ISR_LENGTH ? interrupts.readIsr() : 0;
            case DEVICE -> readDevice(within, size);
            default -> 0;
        };
    }

    void write(int offset, int size, long value) {
        int within = offset % PAGE;
        switch (offset - within) {
            case COMMON -> common.write(within, size, value);
            case NOTIFY -> transport.notifyQueue(queue(within, (int) value & (size == 1 ? 0xff : 0xffff)));
            default -> {} // ISR and device configuration are read-only
        }
    }

    /**
     * Whose notification it is. The standard has the queue's number at the queue's address. A driver that always writes 0
     * means the address, one that always writes to the first address means the number.
     */
    private static int queue(int within, int value) {
        return value == 0 ? within / NOTIFY_OFF_MULTIPLIER : value;
    }

    private long readDevice(int offset, int size) {
        long value = 0;
        for (int i = 0; i < size && offset + i < deviceLength; i++) {
            value |= (device.readConfig(offset + i) & 0xffL) << (8 * i);
        }
        return value;
    }
}
