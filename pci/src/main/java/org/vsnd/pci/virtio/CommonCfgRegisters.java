// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.CommonCfg.*;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;

/**
 * The common configuration structure. Any access width and alignment works (PCI-24): an access is split into the
 * registers it touches, bytes of a register that were not written keep their value, and each register acts once.
 */
final class CommonCfgRegisters {
    private final VirtioPciTransport transport;
    private final VirtioInterrupts interrupts;

    private int queueSelect;

    CommonCfgRegisters(VirtioPciTransport transport, VirtioInterrupts interrupts) {
        this.transport = transport;
        this.interrupts = interrupts;
    }

    /** Bytes outside the structure read as 0. */
    long read(int offset, int size) {
        long value = 0;
        int end = Math.min(offset + size, LENGTH);
        for (int at = offset; at < end; ) {
            int register = registerAt(at);
            int skippedBits = 8 * (at - register);
            value |= (load(register) >>> skippedBits) << (8 * (at - offset));
            at = register + widthAt(at);
        }
        return size < 8 ? value & ((1L << (8 * size)) - 1) : value;
    }

    /** Bytes outside the structure are ignored. */
    void write(int offset, int size, long value) {
        int end = Math.min(offset + size, LENGTH);
        for (int at = offset; at < end; ) {
            int register = registerAt(at);
            int next = register + widthAt(at);
            int written = Math.min(next, end) - at;
            long lanes = written == 8 ? -1 : (1L << (8 * written)) - 1;
            int shift = 8 * (at - register);
            long bits = (value >>> (8 * (at - offset))) & lanes;
            if (register == DEVICE_FEATURE) {
                transport.haiku().deviceFeatureWritten();
            } else if (isWritable(register)) {
                store(register, (load(register) & ~(lanes << shift)) | (bits << shift));
            }
            at = next;
        }
    }

    void reset() {
        queueSelect = 0;
    }

    void save(SnapshotWriter out) {
        out.u16(queueSelect);
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        int select = in.u16("queue_select", 0xffff);
        return () -> queueSelect = select;
    }

    private static boolean isWritable(int register) {
        return switch (register) {
            case DEVICE_FEATURE, NUM_QUEUES, CONFIG_GENERATION, QUEUE_NOTIFY_OFF -> false;
            case QUEUE_NOTIF_CONFIG_DATA, ADMIN_QUEUE_INDEX, ADMIN_QUEUE_NUM -> false;
            default -> true;
        };
    }

    private long load(int register) {
        return switch (register) {
            case DEVICE_FEATURE_SELECT -> unsigned(transport.features().deviceSelect());
            case DEVICE_FEATURE -> unsigned(transport.features().deviceFeature());
            case DRIVER_FEATURE_SELECT -> unsigned(transport.features().driverSelect());
            case DRIVER_FEATURE -> unsigned(transport.features().driverFeature());
            case CONFIG_MSIX_VECTOR -> interrupts.configVector();
            case NUM_QUEUES -> transport.queueCount();
            case DEVICE_STATUS -> transport.status();
            case CONFIG_GENERATION -> transport.readConfigGeneration();
            case QUEUE_SELECT -> queueSelect;
            default -> queueExists() ? loadQueue(register) : register == QUEUE_MSIX_VECTOR ? NO_VECTOR : 0;
        };
    }

    private long loadQueue(int register) {
        QueueRegisters queue = transport.registers(queueSelect);
        return switch (register) {
            case QUEUE_SIZE -> {
                transport.haiku().queueSizeRead();
                yield queue.size();
            }
            case QUEUE_MSIX_VECTOR -> interrupts.queueVector(queueSelect);
            case QUEUE_ENABLE -> queue.enabled() ? 1 : 0;
            case QUEUE_NOTIFY_OFF -> queueSelect;
            case QUEUE_DESC -> queue.descAddress();
            case QUEUE_DRIVER -> queue.availAddress();
            case QUEUE_DEVICE -> queue.usedAddress();
            default -> 0; // queue_reset is done at once; the rest is not offered
        };
    }

    /** A suspended device ignores everything but its status (PCI-17). */
    private void store(int register, long value) {
        if (transport.isSuspended() && register != DEVICE_STATUS) {
            return;
        }
        switch (register) {
            case DEVICE_FEATURE_SELECT -> transport.features().setDeviceSelect((int) value);
            case DRIVER_FEATURE_SELECT -> transport.features().setDriverSelect((int) value);
            case DRIVER_FEATURE -> {
                transport.haiku().driverFeatureWritten();
                transport.features().setDriverFeature((int) value);
            }
            case CONFIG_MSIX_VECTOR -> interrupts.setConfigVector((int) value);
            case DEVICE_STATUS -> storeStatus((int) value);
            case QUEUE_SELECT -> queueSelect = (int) value;
            default -> {
                if (queueExists()) {
                    storeQueue(register, value);
                }
            }
        }
    }

    private void storeStatus(int value) {
        if (value == 0) {
            reset();
        }
        transport.writeStatus(value);
    }

    private void storeQueue(int register, long value) {
        QueueRegisters queue = transport.registers(queueSelect);
        switch (register) {
            case QUEUE_SIZE -> queue.setSize((int) value);
            case QUEUE_MSIX_VECTOR -> interrupts.setQueueVector(queueSelect, (int) value);
            case QUEUE_ENABLE -> {
                if (value == 1) { // writing 0 does nothing (PCI-35)
                    transport.enable(queueSelect);
                }
            }
            case QUEUE_DESC -> queue.setDescAddress(value);
            case QUEUE_DRIVER -> queue.setAvailAddress(value);
            case QUEUE_DEVICE -> queue.setUsedAddress(value);
            case QUEUE_RESET -> {
                if (value == 1) {
                    transport.resetQueue(queueSelect);
                }
            }
            default -> throw new IllegalStateException("no queue register at " + register);
        }
    }

    private boolean queueExists() {
        return queueSelect < transport.queueCount();
    }

    private static long unsigned(int value) {
        return value & 0xffffffffL;
    }
}
