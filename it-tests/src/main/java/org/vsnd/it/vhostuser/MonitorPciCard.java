// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vhostuser;

import static org.vsnd.guest.driver.VirtioPciCommonCfg.CONFIG_MSIX_VECTOR;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DEVICE_FEATURE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DEVICE_FEATURE_SELECT;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DEVICE_STATUS;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DRIVER_FEATURE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DRIVER_FEATURE_SELECT;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.NO_VECTOR;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.NUM_QUEUES;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_DESC;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_DEVICE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_DRIVER;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_ENABLE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_MSIX_VECTOR;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_NOTIFY_OFF;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_SELECT;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_SIZE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.STATUS_DRIVER_OK;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.vsnd.it.vfiouser.MsixEmulation;

/**
 * The virtio-pci card that a monitor shows its guest, VIRTIO 1.4 section 4.1, when the device behind it is elsewhere.
 * Structures in BAR 4, MSI-X in BAR 1. One thread.
 */
final class MonitorPciCard {
    /** What the card tells the device. */
    interface Device {
        /** Features offered. */
        long offered();

        /** Device configuration. */
        byte[] config(int length);

        /** DRIVER_OK. */
        void start(long features, List<FrontEndRing> rings);

        /** device_status is 0. */
        void reset();

        /** A queue is notified. */
        void kick(int queue);
    }

    private static final int COMMAND = 0x04;
    private static final int BAR0 = 0x10;
    private static final int BARS_END = 0x28;
    private static final int INTERRUPT_LINE = 0x3c;
    private static final int MSIX_CAP = 0x40;
    private static final int FIRST_VIRTIO_CAP = 0x50;
    private static final int MSIX_BAR = 1;
    private static final int MSIX_BAR_BYTES = 0x1000;
    private static final int VIRTIO_BAR = 4;
    private static final int VIRTIO_BAR_BYTES = 0x4000;
    private static final int STRUCTURE_BYTES = 0x1000;
    private static final int ISR = 0x1000;
    private static final int DEVICE = 0x2000;
    private static final int NOTIFY = 0x3000;
    private static final int NOTIFY_MULTIPLIER = 4;
    private static final int[] CAP_TYPES = {1, 3, 4, 2}; // common, ISR, device, notify

    /** A queue's registers. */
    private static final class Queue {
        private int size;
        private int vector = NO_VECTOR;
        private boolean enabled;
        private final long[] addresses = new long[3];
    }

    private final Device device;
    private final int queueSize;
    private final ByteBuffer config = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final MsixEmulation msix;
    private final Queue[] queues;
    private int deviceFeatureSelect;
    private int driverFeatureSelect;
    private long driverFeatures;
    private int configVector = NO_VECTOR;
    private int status;
    private int queueSelect;
    private int isr;

    MonitorPciCard(Device device, int deviceId, int classCode, int queueCount, int queueSize, int vectors) {
        this.device = device;
        this.queueSize = queueSize;
        queues = new Queue[queueCount];
        msix = new MsixEmulation(vectors);
        config.putShort(0, (short) 0x1af4).putShort(2, (short) (0x1040 + deviceId));
        config.putShort(6, (short) 0x10).putInt(8, (classCode << 8) | 1);
        config.putShort(0x2c, (short) 0x1af4).putShort(0x2e, (short) 0x1100);
        config.put(0x34, (byte) (vectors > 0 ? MSIX_CAP : FIRST_VIRTIO_CAP)).put(0x3d, (byte) 1);
        if (vectors > 0) {
            config.put(MSIX_CAP, (byte) 0x11).put(MSIX_CAP + 1, (byte) FIRST_VIRTIO_CAP);
            config.putShort(MSIX_CAP + 2, (short) (vectors - 1));
            config.putInt(MSIX_CAP + 4, MSIX_BAR).putInt(MSIX_CAP + 8, 0x800 | MSIX_BAR);
        }
        for (int i = 0; i < CAP_TYPES.length; i++) {
            int at = FIRST_VIRTIO_CAP + 0x18 * i;
            boolean last = i == CAP_TYPES.length - 1;
            config.put(at, (byte) 9).put(at + 1, (byte) (last ? 0 : at + 0x18));
            config.put(at + 2, (byte) (last ? 20 : 16)).put(at + 3, (byte) CAP_TYPES[i]);
            config.put(at + 4, (byte) VIRTIO_BAR).putInt(at + 8, STRUCTURE_BYTES * i);
            config.putInt(at + 12, STRUCTURE_BYTES).putInt(at + 16, last ? NOTIFY_MULTIPLIER : 0);
        }
        for (int bar = 0; bar < 6; bar++) {
            config.putInt(BAR0 + 4 * bar, barType(bar));
        }
        resetRegisters();
    }

    private void resetRegisters() {
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new Queue();
            queues[i].size = queueSize;
        }
        driverFeatures = 0;
        configVector = NO_VECTOR;
        status = 0;
        isr = 0;
    }

    private int barType(int bar) {
        return bar == VIRTIO_BAR ? 0xc : 0;
    }

    private int barMask(int bar) {
        return switch (bar) {
            case MSIX_BAR -> msix.tableBytes() == 0 ? 0 : -MSIX_BAR_BYTES;
            case VIRTIO_BAR -> -VIRTIO_BAR_BYTES;
            case VIRTIO_BAR + 1 -> -1;
            default -> 0;
        };
    }

    /** As after power-on. */
    void systemReset() {
        writeStatus(0);
        msix.reset();
        config.putShort(COMMAND, (short) 0);
        for (int bar = 0; bar < 6; bar++) {
            config.putInt(BAR0 + 4 * bar, barType(bar));
        }
        if (msix.tableBytes() > 0) {
            config.putShort(MSIX_CAP + 2, (short) (config.getShort(MSIX_CAP + 2) & 0x7ff));
        }
    }

    int readConfig(int offset, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= (config.get(offset + i) & 0xff) << (8 * i);
        }
        return value;
    }

    void writeConfig(int offset, int size, int value) {
        if (offset >= BAR0 && offset < BARS_END && size == 4) {
            int bar = (offset - BAR0) / 4;
            config.putInt(offset, (value & barMask(bar)) | barType(bar));
        } else if (offset == COMMAND || offset == INTERRUPT_LINE) {
            for (int i = 0; i < Math.min(size, 2); i++) {
                config.put(offset + i, (byte) (value >>> (8 * i)));
            }
        } else if (msix.tableBytes() > 0 && offset == MSIX_CAP + 2) {
            int control = (config.getShort(MSIX_CAP + 2) & 0x7ff) | (value & 0xc000);
            config.putShort(MSIX_CAP + 2, (short) control);
            msix.control((control & 0x8000) != 0, (control & 0x4000) != 0);
            msix.release();
        }
    }

    long readBar(int bar, long offset, int size) {
        if (bar == MSIX_BAR) {
            return offset + size <= msix.tableBytes() ? msix.read(offset, size) : 0;
        }
        int at = (int) offset % STRUCTURE_BYTES;
        return switch ((int) offset - at) {
            case 0 -> readCommon(at);
            case ISR -> readIsr();
            case DEVICE -> number(device.config(at + size), at, size);
            default -> 0;
        };
    }

    private int readIsr() {
        int was = isr;
        isr = 0;
        return was;
    }

    private static long number(byte[] bytes, int at, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (bytes[at + i] & 0xffL) << (8 * i);
        }
        return value;
    }

    private long readCommon(int at) {
        Queue queue = queueSelect < queues.length ? queues[queueSelect] : new Queue();
        return switch (at) {
            case DEVICE_FEATURE_SELECT -> deviceFeatureSelect;
            case DEVICE_FEATURE -> word(device.offered(), deviceFeatureSelect);
            case DRIVER_FEATURE_SELECT -> driverFeatureSelect;
            case DRIVER_FEATURE -> word(driverFeatures, driverFeatureSelect);
            case CONFIG_MSIX_VECTOR -> configVector;
            case NUM_QUEUES -> queues.length;
            case DEVICE_STATUS -> status;
            case QUEUE_SELECT -> queueSelect;
            case QUEUE_SIZE -> queue.size;
            case QUEUE_MSIX_VECTOR -> queue.vector;
            case QUEUE_ENABLE -> queue.enabled ? 1 : 0;
            case QUEUE_NOTIFY_OFF -> queueSelect;
            default -> 0;
        };
    }

    private static long word(long features, int select) {
        return select > 1 ? 0 : (features >>> (32 * select)) & 0xffff_ffffL;
    }

    void writeBar(int bar, long offset, int size, long value) {
        if (bar == MSIX_BAR) {
            if (offset + size <= msix.tableBytes()) {
                msix.write(offset, size, value);
                msix.release();
            }
        } else if (offset >= NOTIFY) {
            device.kick((int) (offset - NOTIFY) / NOTIFY_MULTIPLIER);
        } else if (offset < STRUCTURE_BYTES) {
            writeCommon((int) offset, size, value);
        }
    }

    private void writeCommon(int at, int size, long value) {
        Queue queue = queueSelect < queues.length ? queues[queueSelect] : new Queue();
        switch (at) {
            case DEVICE_FEATURE_SELECT -> deviceFeatureSelect = (int) value;
            case DRIVER_FEATURE_SELECT -> driverFeatureSelect = (int) value;
            case DRIVER_FEATURE -> {
                long mask = driverFeatureSelect > 1 ? 0 : 0xffff_ffffL << (32 * driverFeatureSelect);
                driverFeatures = (driverFeatures & ~mask) | ((value << (32 * driverFeatureSelect)) & mask);
            }
            case CONFIG_MSIX_VECTOR -> configVector = (int) value;
            case DEVICE_STATUS -> writeStatus((int) value);
            case QUEUE_SELECT -> queueSelect = (int) value;
            case QUEUE_SIZE -> queue.size = (int) value;
            case QUEUE_MSIX_VECTOR -> queue.vector = (int) value;
            case QUEUE_ENABLE -> queue.enabled = true;
            default -> writeAddress(queue, at, size, value);
        }
    }

    private static void writeAddress(Queue queue, int at, int size, long value) {
        int index = List.of(QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE).indexOf(at & ~7);
        if (index >= 0) {
            long mask = size == 8 ? -1 : 0xffff_ffffL << (8 * (at & 4));
            queue.addresses[index] = (queue.addresses[index] & ~mask) | ((value << (8 * (at & 4))) & mask);
        }
    }

    private void writeStatus(int value) {
        int before = status;
        if (value == 0) {
            if ((before & STATUS_DRIVER_OK) != 0) {
                device.reset();
            }
            resetRegisters();
            return;
        }
        status = value;
        if ((value & ~before & STATUS_DRIVER_OK) != 0) {
            device.start(driverFeatures, rings());
        }
    }

    /** The driver's rings. */
    List<FrontEndRing> rings() {
        List<FrontEndRing> rings = new ArrayList<>();
        Arrays.stream(queues)
                .forEach(queue -> rings.add(
                        new FrontEndRing(queue.size, queue.addresses[0], queue.addresses[1], queue.addresses[2])));
        return rings;
    }

    /** Features that the driver has taken. */
    long driverFeatures() {
        return driverFeatures;
    }

    /** The device interrupts because of a queue. */
    void interrupt(int queue) {
        if (!msix.isEnabled()) {
            isr |= 1;
        } else if (queues[queue].vector < NO_VECTOR) {
            msix.triggered(queues[queue].vector);
        }
    }

    long messages(int data) {
        return msix.messages(data);
    }

    boolean intxAsserted() {
        return isr != 0 && !msix.isEnabled();
    }
}
