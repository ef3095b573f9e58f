// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * The virtio_pci transport: finds the structures, and turns what the bus manager asks into accesses of the BAR, each in
 * the size that Haiku uses.
 */
final class HaikuVirtioPci {
    private final HaikuKernel kernel;
    private final Bus bus;
    private final HaikuPci pci;
    private final HaikuVersion version;
    private final HaikuVirtioPciCap common;
    private final HaikuVirtioPciCap isr;
    private final @Nullable HaikuVirtioPciCap device;
    private final HaikuVirtioPciCap notify;
    private final long[] notifyOffsets;

    /** init_bus: from the capability search to ACKNOWLEDGE. */
    HaikuVirtioPci(HaikuKernel kernel, HaikuPci pci, HaikuVersion version) {
        this.kernel = kernel;
        bus = kernel.bus();
        this.pci = pci;
        this.version = version;
        common = required(HaikuVirtioPciCap.COMMON_CFG);
        isr = required(HaikuVirtioPciCap.ISR_CFG);
        device = find(HaikuVirtioPciCap.DEVICE_CFG);
        notify = required(HaikuVirtioPciCap.NOTIFY_CFG);
        if (notify.notifyOffMultiplier() == HaikuVirtioPciCap.NOT_READ) {
            throw new DeviceFaultException("Haiku reads no multiplier from a notification structure of "
                    + notify.length() + " bytes, and notifies at random addresses");
        }
        mapBars();
        int command = pci.read(HaikuPci.COMMAND, 2) & ~(HaikuPci.COMMAND_INT_DISABLE | HaikuPci.COMMAND_IO);
        pci.write(HaikuPci.COMMAND, 2, command | HaikuPci.COMMAND_MASTER | HaikuPci.COMMAND_MEMORY);
        notifyOffsets = new long[(int) readCommon(VirtioPciCommonCfg.NUM_QUEUES, 2)];
        reset();
        setStatus(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
    }

    private HaikuVirtioPciCap required(int type) {
        HaikuVirtioPciCap cap = find(type);
        if (cap == null) {
            throw new DeviceFaultException("there is no virtio capability of type " + type);
        }
        return cap;
    }

    /** Follows the list from the first vendor capability on, without looking at ids again. */
    private @Nullable HaikuVirtioPciCap find(int type) {
        int at = pci.findCapability(HaikuPci.VENDOR_CAPABILITY);
        while (at != 0) {
            int head = pci.read(at, 4);
            int bar = pci.read(at + 4, 4) & 0xff;
            int offset = pci.read(at + 8, 4);
            int length = pci.read(at + 12, 4);
            if (head >>> 24 == type) {
                boolean hasMultiplier = type == HaikuVirtioPciCap.NOTIFY_CFG
                        && Integer.compareUnsigned(length, HaikuVirtioPciCap.LENGTH) > 0;
                int multiplier = hasMultiplier ? pci.read(at + 16, 4) : HaikuVirtioPciCap.NOT_READ;
                return new HaikuVirtioPciCap(bar, offset & 0xffff_ffffL, length & 0xffff_ffffL, multiplier);
            }
            at = (head >>> 8) & 0xff;
        }
        return null;
    }

    private void mapBars() {
        for (int bar = 0; bar < 6; bar++) {
            boolean used = common.bar() == bar || isr.bar() == bar || notify.bar() == bar;
            if (used || (device != null && device.bar() == bar)) {
                kernel.log().barMapped(bar, pci.barSize(bar));
            }
        }
    }

    private long readCommon(int offset, int size) {
        return bus.readBar(common.bar(), common.offset() + offset, size);
    }

    private void writeCommon(int offset, int size, long value) {
        bus.writeBar(common.bar(), common.offset() + offset, size, value);
    }

    /** device_status. */
    int status() {
        return (int) readCommon(VirtioPciCommonCfg.DEVICE_STATUS, 1);
    }

    /** Adds to device_status. */
    void setStatus(int bits) {
        writeCommon(VirtioPciCommonCfg.DEVICE_STATUS, 1, bits | status());
    }

    /** Writes 0 to device_status. The branch does not look whether the device is done. */
    void reset() {
        writeCommon(VirtioPciCommonCfg.DEVICE_STATUS, 1, 0);
        if (version != HaikuVersion.BRANCH) {
            kernel.spin(() -> status() == 0, "busy-wait in set_status: device never finished its reset");
        }
    }

    long readFeatures() {
        long features = 0;
        for (int word = 0; word < 2; word++) {
            writeCommon(VirtioPciCommonCfg.DEVICE_FEATURE_SELECT, 4, word);
            features |= (readCommon(VirtioPciCommonCfg.DEVICE_FEATURE, 4) & 0xffff_ffffL) << (32 * word);
        }
        return features;
    }

    /** Meant for driver_feature, but goes to the device's own, which is read-only. */
    void writeFeatures(long features) {
        for (int word = 0; word < 2; word++) {
            writeCommon(VirtioPciCommonCfg.DEVICE_FEATURE_SELECT, 4, word);
            writeCommon(VirtioPciCommonCfg.DEVICE_FEATURE, 4, (features >>> (32 * word)) & 0xffff_ffffL);
        }
    }

    int readDeviceConfig(int offset) {
        if (device == null) {
            throw new DeviceFaultException("there is no device configuration to read");
        }
        return (int) bus.readBar(device.bar(), device.offset() + offset, 4);
    }

    int queueSize(int queue) {
        selectQueue(queue);
        return (int) readCommon(VirtioPciCommonCfg.QUEUE_SIZE, 2);
    }

    void selectQueue(int queue) {
        writeCommon(VirtioPciCommonCfg.QUEUE_SELECT, 2, queue);
    }

    void setUpQueue(int queue, long desc, long avail, long used) {
        selectQueue(queue);
        writeCommon(VirtioPciCommonCfg.QUEUE_DESC, 8, desc);
        writeCommon(VirtioPciCommonCfg.QUEUE_DRIVER, 8, avail);
        writeCommon(VirtioPciCommonCfg.QUEUE_DEVICE, 8, used);
        writeCommon(VirtioPciCommonCfg.QUEUE_ENABLE, 2, 1);
        notifyOffsets[queue] = readCommon(VirtioPciCommonCfg.QUEUE_NOTIFY_OFF, 2) * notify.notifyOffMultiplier();
    }

    void setConfigVector(int vector) {
        writeCommon(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2, vector);
    }

    void setQueueVector(int queue, int vector) {
        selectQueue(queue);
        writeCommon(VirtioPciCommonCfg.QUEUE_MSIX_VECTOR, 2, vector);
    }

    void notifyQueue(int queue) {
        bus.writeBar(notify.bar(), notify.offset() + notifyOffsets[queue], 2, queue);
    }

    /** Reads the ISR status, which clears it. */
    int readIsr() {
        return (int) bus.readBar(isr.bar(), isr.offset(), 1);
    }
}
