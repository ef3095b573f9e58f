// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.PciCard;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.driver.VirtioCapability;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * The registers of virtio-pci, VIRTIO 1.4 section 4.1.4, each step by itself: a family's driver does them in its own
 * order, and those only that it knows of.
 */
public final class ModernPci {
    /** No MSI-X vector. */
    public static final int NO_VECTOR = VirtioPciCommonCfg.NO_VECTOR;

    private static final long MESSAGE_ADDRESS = 0xfee0_0000L;
    private static final int MESSAGE_DATA = 0x40;
    private static final int MSIX_ENABLE = 0x8000;
    private static final int MSIX_FUNCTION_MASK = 0x4000;
    private static final int QUEUES = 64; // more than any card has

    private final Bus bus;
    private final GuestPages memory;
    private final PciCard card;
    private final VirtioCapability common;
    private final VirtioCapability notify;
    private final VirtioCapability isr;
    private final VirtioCapability device;
    private final int notifyMultiplier;
    private final int[] notifyOffsets = new int[QUEUES];
    private final List<DriverQueue> queues = new ArrayList<>();
    private boolean tellsNext; // what is next in the ring, with every notification

    /** Firmware places the BARs, the driver walks the capabilities. */
    public ModernPci(Bus bus, GuestPages memory) {
        this.bus = bus;
        this.memory = memory;
        card = PciProbe.probe(bus);
        common = card.virtio(VirtioCapability.COMMON);
        notify = card.virtio(VirtioCapability.NOTIFY);
        isr = card.virtio(VirtioCapability.ISR);
        device = card.virtio(VirtioCapability.DEVICE);
        notifyMultiplier = bus.readConfig(notify.offset() + 16, 4);
    }

    /** What was found. */
    public PciCard card() {
        return card;
    }

    /** Reads a field of the common configuration. */
    public long common(int offset, int size) {
        return bus.readBar(common.bar(), common.start() + offset, size);
    }

    /** Writes a field of the common configuration. */
    public void common(int offset, int size, long value) {
        bus.writeBar(common.bar(), common.start() + offset, size, value);
    }

    /** device_status. */
    public int status() {
        return (int) common(VirtioPciCommonCfg.DEVICE_STATUS, 1);
    }

    /** Writes device_status. */
    public void status(int value) {
        common(VirtioPciCommonCfg.DEVICE_STATUS, 1, value);
    }

    /** Writes 0 to device_status and takes the rings' memory back. */
    public void reset() {
        status(0);
        forgetQueues();
    }

    /** Takes the rings' memory back after the device was reset by other means. */
    public void forgetQueues() {
        queues.forEach(DriverQueue::discard);
        queues.clear();
    }

    /** 32 of the features offered: word 0 or 1. */
    public int deviceFeatures(int word) {
        common(VirtioPciCommonCfg.DEVICE_FEATURE_SELECT, 4, word);
        return (int) common(VirtioPciCommonCfg.DEVICE_FEATURE, 4);
    }

    /** Writes 32 of the features taken: word 0 or 1. */
    public void driverFeatures(int word, int bits) {
        common(VirtioPciCommonCfg.DRIVER_FEATURE_SELECT, 4, word);
        common(VirtioPciCommonCfg.DRIVER_FEATURE, 4, bits & 0xffff_ffffL);
    }

    /** The largest size of a queue; 0: there is none. Leaves it selected. */
    public int queueSize(int queue) {
        common(VirtioPciCommonCfg.QUEUE_SELECT, 2, queue);
        return (int) common(VirtioPciCommonCfg.QUEUE_SIZE, 2);
    }

    /**
     * Sets a queue up and enables it: select, size, vector, addresses (low half first), notify offset, enable.
     *
     * @param size descriptors, of a split queue a power of two; written
     * @param vector or {@link #NO_VECTOR}; written in any case
     * @param features negotiated, as {@link DriverQueue#create} takes them, and VIRTIO_F_NOTIFICATION_DATA
     */
    public DriverQueue enableQueue(int index, int size, int vector, long features) {
        tellsNext = (features & Features.NOTIFICATION_DATA) != 0;
        DriverQueue queue = DriverQueue.create(bus, memory.allocator(), index, size, features);
        queues.add(queue);
        common(VirtioPciCommonCfg.QUEUE_SELECT, 2, index);
        common(VirtioPciCommonCfg.QUEUE_SIZE, 2, size);
        common(VirtioPciCommonCfg.QUEUE_MSIX_VECTOR, 2, vector);
        address(VirtioPciCommonCfg.QUEUE_DESC, queue.descAddress());
        address(VirtioPciCommonCfg.QUEUE_DRIVER, queue.availAddress());
        address(VirtioPciCommonCfg.QUEUE_DEVICE, queue.usedAddress());
        notifyOffsets[index] = (int) common(VirtioPciCommonCfg.QUEUE_NOTIFY_OFF, 2);
        common(VirtioPciCommonCfg.QUEUE_ENABLE, 2, 1);
        return queue;
    }

    /** Writes a ring's address to the queue selected, low half first. */
    public void address(int offset, long address) {
        common(offset, 4, address & 0xffff_ffffL);
        common(offset + 4, 4, address >>> 32);
    }

    /** Notifies, whatever the device wishes. */
    public void notifyQueue(int index) {
        notifyQueue(index, index);
    }

    /** Notifies with another value than the queue's number. */
    public void notifyQueue(int index, int value) {
        long at = notify.start() + (long) notifyOffsets[index] * notifyMultiplier;
        if (tellsNext) {
            bus.writeBar(notify.bar(), at, 4, value | (long) nextAvailable(index) << 16);
        } else {
            bus.writeBar(notify.bar(), at, 2, value);
        }
    }

    private int nextAvailable(int index) {
        for (int i = queues.size() - 1; i >= 0; i--) {
            if (queues.get(i).index() == index) {
                return queues.get(i).nextAvailable();
            }
        }
        return 0;
    }

    /** Notifies if the device wants to hear of what was added. */
    public void kick(DriverQueue queue) {
        if (queue.needsKick()) {
            notifyQueue(queue.index());
        }
    }

    /** Reads the device-specific configuration. */
    public long config(int offset, int size) {
        return bus.readBar(device.bar(), device.start() + offset, size);
    }

    /** Reads the ISR register, which clears it. */
    public int isr() {
        return (int) bus.readBar(isr.bar(), isr.start(), 1);
    }

    /** MSI-X vectors of the card; 0: it has none. */
    public int msixVectors() {
        int cap = card.capability(PciCapability.MSIX);
        return cap == 0 ? 0 : (bus.readConfig(cap + 2, 2) & 0x7ff) + 1;
    }

    /** Writes the table entries of the first vectors, unmasks them and enables MSI-X; INTx goes off. */
    public void enableMsix(int vectors) {
        int cap = card.capability(PciCapability.MSIX);
        if (cap == 0) {
            throw new GuestTroubleException(false, "failed to set up interrupts: there is no MSI-X");
        }
        int control = bus.readConfig(cap + 2, 2);
        int table = bus.readConfig(cap + 4, 4);
        bus.writeConfig(cap + 2, 2, control | MSIX_ENABLE | MSIX_FUNCTION_MASK);
        for (int vector = 0; vector < vectors; vector++) {
            long at = (table & 0xffff_fff8L) + 16L * vector;
            bus.writeBar(table & 7, at, 4, MESSAGE_ADDRESS);
            bus.writeBar(table & 7, at + 4, 4, 0);
            bus.writeBar(table & 7, at + 8, 4, MESSAGE_DATA + vector);
            bus.writeBar(table & 7, at + 12, 4, 0);
        }
        bus.writeConfig(PciProbe.COMMAND, 2, bus.readConfig(PciProbe.COMMAND, 2) | PciProbe.COMMAND_INTX_DISABLE);
        bus.writeConfig(cap + 2, 2, (control | MSIX_ENABLE) & ~MSIX_FUNCTION_MASK);
    }

    /** Switches MSI-X off and lets INTx through, as a fresh machine has them. */
    public void enableIntx() {
        int cap = card.capability(PciCapability.MSIX);
        if (cap != 0) {
            bus.writeConfig(cap + 2, 2, bus.readConfig(cap + 2, 2) & ~(MSIX_ENABLE | MSIX_FUNCTION_MASK));
        }
        bus.writeConfig(PciProbe.COMMAND, 2, bus.readConfig(PciProbe.COMMAND, 2) & ~PciProbe.COMMAND_INTX_DISABLE);
    }

    /** Interrupts that came to a vector so far. */
    public long messages(int vector) {
        return bus.messages(MESSAGE_DATA + vector);
    }
}
