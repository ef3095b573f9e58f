// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.ArrayList;
import java.util.List;

/** The virtio-pci transport from the driver's side: status, features, queues, vectors, VIRTIO 1.4 sections 3.1 and 4.1. */
public final class VirtioPciDriver {
    /** Where message-signalled interrupts go. */
    public static final long MESSAGE_ADDRESS = 0xfee0_0000L;
    /** Data of vector 0; vector n has this plus n. */
    public static final int MESSAGE_DATA = 0x40;

    private static final int MSIX_ENABLE = 0x8000;
    private static final int MSIX_FUNCTION_MASK = 0x4000;
    private static final long RESET_TIMEOUT_NANOS = 2_000_000_000L;

    private final Bus bus;
    private final PciCard card;
    private final DriverStyle style;
    private final GuestAllocator allocator;
    private final VirtioCapability common;
    private final VirtioCapability notify;
    private final VirtioCapability isr;
    private final VirtioCapability device;
    private final int notifyMultiplier;
    private final List<DriverQueue> queues = new ArrayList<>();
    private int[] notifyOffsets = new int[0];
    private int[] vectors = new int[0];
    private long features;
    private long deviceFeatures;
    private long isrQueueInterrupts;
    private long isrConfigInterrupts;
    private int configVector = VirtioPciCommonCfg.NO_VECTOR;

    /** A driver for a card that was probed. */
    public VirtioPciDriver(Bus bus, PciCard card, DriverStyle style, GuestAllocator allocator) {
        this.bus = bus;
        this.card = card;
        this.style = style;
        this.allocator = allocator;
        common = card.virtio(VirtioCapability.COMMON);
        notify = card.virtio(VirtioCapability.NOTIFY);
        isr = card.virtio(VirtioCapability.ISR);
        device = card.virtio(VirtioCapability.DEVICE);
        notifyMultiplier = bus.readConfig(notify.offset() + 16, 4);
    }

    /** The way to the device. */
    public Bus bus() {
        return bus;
    }

    /** What enumeration found. */
    public PciCard card() {
        return card;
    }

    /** How this driver works. */
    public DriverStyle style() {
        return style;
    }

    /** Its memory. */
    public GuestAllocator allocator() {
        return allocator;
    }

    /** Features of the device itself that are negotiated from now on if they are offered; none at first. */
    public void wantDeviceFeatures(long wanted) {
        deviceFeatures = wanted;
    }

    /** Features negotiated. */
    public long features() {
        return features;
    }

    /** A queue that was set up. */
    public DriverQueue queue(int index) {
        return queues.get(index);
    }

    /** Reads a field of the common configuration. */
    public long common(int offset, int size) {
        return bus.readBar(common.bar(), common.start() + offset, size);
    }

    /** Writes a field of the common configuration. */
    public void common(int offset, int size, long value) {
        bus.writeBar(common.bar(), common.start() + offset, size, value);
    }

    /** Reads a field of the device-specific configuration. */
    public long deviceConfig(int offset, int size) {
        return bus.readBar(device.bar(), device.start() + offset, size);
    }

    /** Writes a field of the device-specific configuration. */
    public void deviceConfig(int offset, int size, long value) {
        bus.writeBar(device.bar(), device.start() + offset, size, value);
    }

    /** device_status. */
    public int status() {
        return (int) common(VirtioPciCommonCfg.DEVICE_STATUS, 1);
    }

    /** Writes device_status. */
    public void status(int value) {
        common(VirtioPciCommonCfg.DEVICE_STATUS, 1, value);
    }

    /** Resets the device, waits until it says so, and takes the rings' memory back. */
    public void reset() {
        status(0);
        if (!bus.await(() -> status() == 0, RESET_TIMEOUT_NANOS)) {
            throw new DeviceFaultException("device_status stays " + status() + " after reset");
        }
        forgetQueues();
    }

    /** Takes the rings' memory back after the device was reset by other means. */
    public void forgetQueues() {
        queues.forEach(DriverQueue::discard);
        queues.clear();
        features = 0;
    }

    /** All features offered. */
    public long offeredFeatures() {
        return offeredFeatures(0) | (offeredFeatures(1) << 32);
    }

    /** Word {@code select} of the features offered. */
    public long offeredFeatures(int select) {
        common(VirtioPciCommonCfg.DEVICE_FEATURE_SELECT, 4, select);
        return common(VirtioPciCommonCfg.DEVICE_FEATURE, 4) & 0xffff_ffffL;
    }

    /** Writes driver_feature. */
    public void acceptFeatures(long accepted) {
        for (int word = 0; word < 2; word++) {
            common(VirtioPciCommonCfg.DRIVER_FEATURE_SELECT, 4, word);
            common(VirtioPciCommonCfg.DRIVER_FEATURE, 4, (accepted >>> (32 * word)) & 0xffff_ffffL);
        }
    }

    /** From reset to DRIVER_OK with all queues set up. */
    public void start() {
        negotiate();
        int count = (int) common(VirtioPciCommonCfg.NUM_QUEUES, 2);
        boolean msix = style.msix() && msixVectors() > 0;
        boolean vectorsLast = !style.writesDriverFeature(); // Haiku enables its queues before it has vectors
        if (msix && !vectorsLast) {
            enableMsix();
        } else {
            disableMsix();
            bus.writeConfig(PciProbe.COMMAND, 2, bus.readConfig(PciProbe.COMMAND, 2) & ~PciProbe.COMMAND_INTX_DISABLE);
        }
        notifyOffsets = new int[count];
        vectors = new int[count];
        for (int queue = 0; queue < count; queue++) {
            setUpQueue(queue, msix && !vectorsLast);
        }
        if (msix && vectorsLast) {
            enableMsix();
            for (int queue = 0; queue < count; queue++) {
                common(VirtioPciCommonCfg.QUEUE_SELECT, 2, queue);
                setVector(queue);
            }
        }
        status(status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
    }

    /** Reset, ACKNOWLEDGE, DRIVER, features, FEATURES_OK. */
    public void negotiate() {
        reset();
        status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
        long wanted = Features.VERSION_1 | deviceFeatures | style.features();
        features = offeredFeatures() & wanted;
        if ((features & Features.VERSION_1) == 0) {
            throw new DeviceFaultException("VIRTIO_F_VERSION_1 is not offered");
        }
        if (style.writesDriverFeature()) {
            acceptFeatures(features);
        } else {
            // as Haiku does: the accepted bits go to device_feature, which is read-only
            common(VirtioPciCommonCfg.DEVICE_FEATURE_SELECT, 4, 0);
            common(VirtioPciCommonCfg.DEVICE_FEATURE, 4, 0);
            features = 0;
        }
        int wantedStatus = VirtioPciCommonCfg.STATUS_ACKNOWLEDGE
                | VirtioPciCommonCfg.STATUS_DRIVER
                | VirtioPciCommonCfg.STATUS_FEATURES_OK;
        status(wantedStatus);
        if (status() != wantedStatus) {
            throw new DeviceFaultException("FEATURES_OK does not stick: status " + status());
        }
    }

    /** Number of MSI-X vectors, 0 without the capability. */
    public int msixVectors() {
        int cap = card.capability(PciCapability.MSIX);
        return cap == 0 ? 0 : (bus.readConfig(cap + 2, 2) & 0x7ff) + 1;
    }

    private void disableMsix() {
        int cap = card.capability(PciCapability.MSIX);
        if (cap != 0) {
            int control = bus.readConfig(cap + 2, 2);
            bus.writeConfig(cap + 2, 2, control & ~(MSIX_ENABLE | MSIX_FUNCTION_MASK));
            configVector = VirtioPciCommonCfg.NO_VECTOR;
        }
    }

    private void enableMsix() {
        int cap = card.capability(PciCapability.MSIX);
        int control = bus.readConfig(cap + 2, 2);
        int count = msixVectors();
        // vectors as Linux and Haiku take them: all their own, or configuration and queues, or one for all
        int used = count >= 5 ? 5 : Math.min(count, 2);
        bus.writeConfig(cap + 2, 2, control | MSIX_ENABLE | MSIX_FUNCTION_MASK);
        for (int vector = 0; vector < used; vector++) {
            writeTableEntry(vector, MESSAGE_ADDRESS, MESSAGE_DATA + vector);
            maskVector(vector, false);
        }
        bus.writeConfig(PciProbe.COMMAND, 2, bus.readConfig(PciProbe.COMMAND, 2) | PciProbe.COMMAND_INTX_DISABLE);
        bus.writeConfig(cap + 2, 2, (control | MSIX_ENABLE) & ~MSIX_FUNCTION_MASK);
        setConfigVector(0);
    }

    /** Maps configuration changes to a vector. */
    public void setConfigVector(int vector) {
        common(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2, vector);
        configVector = (int) common(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2);
    }

    private long tableEntry(int vector) {
        return (bus.readConfig(card.capability(PciCapability.MSIX) + 4, 4) & ~7L) + 16L * vector;
    }

    private int tableBar() {
        return bus.readConfig(card.capability(PciCapability.MSIX) + 4, 4) & 7;
    }

    /** Writes address and data of a vector. */
    public void writeTableEntry(int vector, long address, int data) {
        long at = tableEntry(vector);
        bus.writeBar(tableBar(), at, 4, address & 0xffff_ffffL);
        bus.writeBar(tableBar(), at + 4, 4, address >>> 32);
        bus.writeBar(tableBar(), at + 8, 4, data & 0xffff_ffffL);
    }

    /** Masks or unmasks a vector. */
    public void maskVector(int vector, boolean mask) {
        long at = tableEntry(vector) + 12;
        long control = bus.readBar(tableBar(), at, 4);
        bus.writeBar(tableBar(), at, 4, mask ? control | 1 : control & ~1L);
    }

    /** Whether the pending bit of a vector is set. */
    public boolean isPending(int vector) {
        int pba = bus.readConfig(card.capability(PciCapability.MSIX) + 8, 4);
        long word = bus.readBar(pba & 7, (pba & ~7L) + vector / 64 * 8L, 8);
        return ((word >>> (vector % 64)) & 1) != 0;
    }

    private void setUpQueue(int index, boolean msix) {
        common(VirtioPciCommonCfg.QUEUE_SELECT, 2, index);
        int size = (int) common(VirtioPciCommonCfg.QUEUE_SIZE, 2);
        if (size == 0) {
            throw new DeviceFaultException("queue " + index + " does not exist");
        }
        if (style.queueSize() != 0 && style.queueSize() < size) {
            size = style.queueSize();
            common(VirtioPciCommonCfg.QUEUE_SIZE, 2, size);
        }
        DriverQueue queue = DriverQueue.create(bus, allocator, index, size, features);
        if (index < queues.size()) {
            queues.set(index, queue);
        } else {
            queues.add(queue);
        }
        vectors[index] = VirtioPciCommonCfg.NO_VECTOR;
        if (msix) {
            setVector(index);
        }
        address(VirtioPciCommonCfg.QUEUE_DESC, queue.descAddress());
        address(VirtioPciCommonCfg.QUEUE_DRIVER, queue.availAddress());
        address(VirtioPciCommonCfg.QUEUE_DEVICE, queue.usedAddress());
        notifyOffsets[index] = (int) common(VirtioPciCommonCfg.QUEUE_NOTIFY_OFF, 2);
        common(VirtioPciCommonCfg.QUEUE_ENABLE, 2, 1);
    }

    private void setVector(int queue) {
        int count = msixVectors();
        common(VirtioPciCommonCfg.QUEUE_MSIX_VECTOR, 2, count >= 5 ? queue + 1 : Math.min(count - 1, 1));
        vectors[queue] = (int) common(VirtioPciCommonCfg.QUEUE_MSIX_VECTOR, 2);
    }

    private void address(int offset, long address) {
        switch (style.addresses()) {
            case WIDE -> common(offset, 8, address);
            case HIGH_HALF_FIRST -> {
                common(offset + 4, 4, address >>> 32);
                common(offset, 4, address & 0xffff_ffffL);
            }
            case LOW_HALF_FIRST -> {
                common(offset, 4, address & 0xffff_ffffL);
                common(offset + 4, 4, address >>> 32);
            }
        }
    }

    /** Resets one queue (VIRTIO_F_RING_RESET) and enables it again with fresh memory. */
    public void resetQueue(int index) {
        common(VirtioPciCommonCfg.QUEUE_SELECT, 2, index);
        common(VirtioPciCommonCfg.QUEUE_RESET, 2, 1);
        if (!bus.await(() -> common(VirtioPciCommonCfg.QUEUE_RESET, 2) == 0, RESET_TIMEOUT_NANOS)) {
            throw new DeviceFaultException("queue_reset stays 1");
        }
        if (common(VirtioPciCommonCfg.QUEUE_ENABLE, 2) != 0) {
            throw new DeviceFaultException("queue_enable stays 1 after queue_reset");
        }
        queues.get(index).discard();
        setUpQueue(index, vectors[index] != VirtioPciCommonCfg.NO_VECTOR);
    }

    /** Tells the device of new buffers if it wants to hear of them. */
    public void kick(DriverQueue queue) {
        if (queue.needsKick()) {
            notifyQueue(queue.index());
        }
    }

    /** Writes the queue's number to its notify register, with VIRTIO_F_NOTIFICATION_DATA what is next as well. */
    public void notifyQueue(int index) {
        long at = notify.start() + (long) notifyOffsets[index] * notifyMultiplier;
        if ((features & Features.NOTIFICATION_DATA) != 0) {
            bus.writeBar(notify.bar(), at, 4, index | (long) queue(index).nextAvailable() << 16);
        } else {
            bus.writeBar(notify.bar(), at, 2, index);
        }
    }

    /** Interrupts for a queue so far; with a shared vector or INTx those for the others count as well. */
    public long interrupts(int queue) {
        if (vectors[queue] != VirtioPciCommonCfg.NO_VECTOR) {
            return bus.messages(MESSAGE_DATA + vectors[queue]);
        }
        readIsrIfAsserted();
        return isrQueueInterrupts;
    }

    /** Configuration change interrupts so far. */
    public long configInterrupts() {
        if (configVector != VirtioPciCommonCfg.NO_VECTOR) {
            return bus.messages(MESSAGE_DATA + configVector);
        }
        readIsrIfAsserted();
        return isrConfigInterrupts;
    }

    private void readIsrIfAsserted() {
        if (bus.intxAsserted()) {
            int bits = readIsr();
            isrQueueInterrupts += bits & 1;
            isrConfigInterrupts += (bits >> 1) & 1;
        }
    }

    /** Reads the ISR register, which clears it. */
    public int readIsr() {
        return (int) bus.readBar(isr.bar(), isr.start(), 1);
    }

    /** The vector a queue's interrupts go to. */
    public int vector(int queue) {
        return vectors[queue];
    }
}
