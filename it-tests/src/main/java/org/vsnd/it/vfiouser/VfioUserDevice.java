// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import static org.vsnd.it.vfiouser.VfioUserConnection.ANY;
import static org.vsnd.it.vfiouser.VfioUserConnection.payload;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.vsnd.guest.driver.DeviceFaultException;

/** The commands of the protocol, each held to the exact size of its reply. Offsets and sizes: vfio-user chapter by chapter. */
public final class VfioUserDevice {
    static final int VERSION = 1;
    static final int DMA_MAP = 2;
    static final int DMA_UNMAP = 3;
    static final int GET_INFO = 4;
    static final int GET_REGION_INFO = 5;
    static final int GET_IRQ_INFO = 7;
    static final int SET_IRQS = 8;
    static final int REGION_READ = 9;
    static final int REGION_WRITE = 10;
    static final int RESET = 13;
    static final int DEVICE_FEATURE = 16;
    static final int MIG_DATA_READ = 17;
    static final int MIG_DATA_WRITE = 18;

    /** States of a device that is migrated. */
    public static final int STATE_STOP = 1;

    public static final int STATE_RUNNING = 2;
    public static final int STATE_STOP_COPY = 3;
    public static final int STATE_RESUMING = 4;

    private static final int FEATURE_GET = 1 << 16;
    private static final int FEATURE_SET = 1 << 17;
    private static final int FEATURE_MIGRATION = 1;
    private static final int FEATURE_MIG_DEVICE_STATE = 2;
    private static final int PIECE_BYTES = 16 << 10;

    /** Region of the configuration space; 0 to 5 are the BARs. */
    public static final int CONFIG_REGION = 7;

    static final int IRQ_INTX = 0;
    static final int IRQ_MSI = 1;
    static final int IRQ_MSIX = 2;
    static final int IRQ_ERR = 3;

    static final int TRIGGER_EVENTFD = 0x24;
    static final int TRIGGER_NONE = 0x21;
    static final int UNMASK = 0x11;

    private static final int[] NO_FDS = {};

    private final VfioUserConnection wire;

    /** Speaks over this connection. */
    public VfioUserDevice(VfioUserConnection wire) {
        this.wire = wire;
    }

    /** The connection. */
    public VfioUserConnection wire() {
        return wire;
    }

    /** VERSION: returns the minor version agreed on. */
    public int version(int major, int minor, String capabilities) {
        byte[] json = (capabilities + "\0").getBytes(StandardCharsets.UTF_8);
        ByteBuffer request = payload(4 + json.length);
        request.putShort(0, (short) major).putShort(2, (short) minor).put(4, json);
        ByteBuffer reply = wire.request(VERSION, request, ANY);
        if (reply.capacity() < 5 || reply.get(reply.capacity() - 1) != 0) {
            throw new DeviceFaultException("the VERSION reply does not end with a NUL");
        }
        if (reply.capacity() > request.capacity()) {
            throw new DeviceFaultException("the VERSION reply is larger than QEMU's buffer, its own request");
        }
        byte[] utf8 = new byte[reply.capacity() - 5];
        reply.get(4, utf8);
        String text = new String(utf8, StandardCharsets.UTF_8);
        if (!text.contains("\"capabilities\"")) {
            throw new DeviceFaultException("no capabilities in " + text);
        }
        if (reply.getShort(0) != major || reply.getShort(2) > minor) {
            throw new DeviceFaultException("version " + reply.getShort(0) + "." + reply.getShort(2));
        }
        return reply.getShort(2);
    }

    /**
     * DMA_MAP.
     *
     * @param flags 1 readable, 2 writable
     * @param fd -1: none
     */
    public void dmaMap(int flags, long fdOffset, long iova, long size, int fd) {
        ByteBuffer request = payload(32);
        request.putInt(0, 32)
                .putInt(4, flags)
                .putLong(8, fdOffset)
                .putLong(16, iova)
                .putLong(24, size);
        wire.request(DMA_MAP, request, 0, fd < 0 ? NO_FDS : new int[] {fd});
    }

    /** DMA_UNMAP, whose reply repeats the request. */
    public void dmaUnmap(long iova, long size) {
        ByteBuffer request = payload(24);
        request.putInt(0, 24).putInt(4, 0).putLong(8, iova).putLong(16, size);
        ByteBuffer reply = wire.request(DMA_UNMAP, request, 24);
        if (reply.getLong(8) != iova || reply.getLong(16) != size) {
            throw new DeviceFaultException("the DMA_UNMAP reply does not repeat the range");
        }
    }

    /** DEVICE_GET_INFO: checks what both clients check. */
    public void getInfo(int argsz) {
        ByteBuffer request = payload(16);
        request.putInt(0, argsz);
        ByteBuffer reply = wire.request(GET_INFO, request, 16);
        if (reply.getInt(4) != 3 || reply.getInt(8) != 9 || reply.getInt(12) != 5) {
            throw new DeviceFaultException("device info: flags " + reply.getInt(4) + ", " + reply.getInt(8)
                    + " regions, " + reply.getInt(12) + " irqs");
        }
    }

    /** DEVICE_GET_REGION_INFO: the size; checks that nothing is mappable. */
    public long regionSize(int region) {
        ByteBuffer request = payload(32);
        request.putInt(0, 32).putInt(8, region);
        ByteBuffer reply = wire.request(GET_REGION_INFO, request, 32);
        int flags = reply.getInt(4);
        if (reply.getInt(0) != 32 || reply.getInt(8) != region || (flags & ~3) != 0) {
            throw new DeviceFaultException("region " + region + ": argsz " + reply.getInt(0) + " flags " + flags);
        }
        long size = reply.getLong(16);
        if (size != 0 && Long.bitCount(size) != 1) {
            throw new DeviceFaultException("region " + region + " has " + size + " bytes: QEMU aborts");
        }
        return size;
    }

    /** DEVICE_GET_IRQ_INFO: the number of interrupts of an index. */
    public int irqCount(int index) {
        ByteBuffer request = payload(16);
        request.putInt(0, 16).putInt(8, index);
        ByteBuffer reply = wire.request(GET_IRQ_INFO, request, 16);
        if (reply.getInt(8) != index) {
            throw new DeviceFaultException("irq info for " + reply.getInt(8) + " instead of " + index);
        }
        return reply.getInt(12);
    }

    /** DEVICE_SET_IRQS. */
    public void setIrqs(int flags, int index, int start, int count, int... fds) {
        ByteBuffer request = payload(20);
        request.putInt(0, 20)
                .putInt(4, flags)
                .putInt(8, index)
                .putInt(12, start)
                .putInt(16, count);
        wire.request(SET_IRQS, request, 0, fds);
    }

    /** REGION_READ of up to 8 bytes. */
    public long read(int region, long offset, int size) {
        ByteBuffer reply = readBytes(region, offset, size);
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (reply.get(i) & 0xffL) << (8 * i);
        }
        return value;
    }

    /** REGION_READ of many bytes. */
    public ByteBuffer readBytes(int region, long offset, int size) {
        ByteBuffer request = payload(16);
        request.putLong(0, offset).putInt(8, region).putInt(12, size);
        ByteBuffer reply = wire.request(REGION_READ, request, 16 + size);
        if (reply.getLong(0) != offset || reply.getInt(8) != region || reply.getInt(12) != size) {
            throw new DeviceFaultException("the REGION_READ reply does not repeat the request");
        }
        ByteBuffer data = payload(size);
        data.put(0, reply, 16, size);
        return data;
    }

    /** REGION_WRITE of up to 8 bytes. */
    public void write(int region, long offset, int size, long value, boolean posted) {
        ByteBuffer request = payload(16 + size);
        request.putLong(0, offset).putInt(8, region).putInt(12, size);
        for (int i = 0; i < size; i++) {
            request.put(16 + i, (byte) (value >>> (8 * i)));
        }
        if (posted) {
            wire.post(REGION_WRITE, request);
            return;
        }
        ByteBuffer reply = wire.request(REGION_WRITE, request, 16);
        if (reply.getLong(0) != offset || reply.getInt(8) != region || reply.getInt(12) != size) {
            throw new DeviceFaultException("the REGION_WRITE reply does not repeat the request");
        }
    }

    /** DEVICE_RESET. */
    public void reset() {
        wire.request(RESET, payload(0), 0);
    }

    /** DEVICE_FEATURE: goes to another state; checks first that the device can be migrated. */
    public void goTo(int state) {
        ByteBuffer get = payload(8).putInt(0, 16).putInt(4, FEATURE_GET | FEATURE_MIGRATION);
        if ((wire.request(DEVICE_FEATURE, get, 16).getLong(8) & 1) == 0) {
            throw new DeviceFaultException("STOP_COPY is not offered");
        }
        ByteBuffer set = payload(16).putInt(0, 16).putInt(4, FEATURE_SET | FEATURE_MIG_DEVICE_STATE);
        set.putInt(8, state).putInt(12, -1);
        if (!wire.request(DEVICE_FEATURE, set, 16).equals(set)) {
            throw new DeviceFaultException("the DEVICE_FEATURE reply does not repeat the request");
        }
    }

    /** MIG_DATA_READ until there is no more; leaves the device in STOP_COPY. */
    public byte[] save() {
        goTo(STATE_STOP_COPY);
        ByteArrayOutputStream state = new ByteArrayOutputStream();
        while (true) {
            ByteBuffer request = payload(8).putInt(0, 8 + PIECE_BYTES).putInt(4, PIECE_BYTES);
            ByteBuffer reply = wire.request(MIG_DATA_READ, request, ANY);
            int size = reply.getInt(4);
            if (reply.capacity() != 8 + size || reply.getInt(0) != 8 + size) {
                throw new DeviceFaultException("MIG_DATA_READ of " + size + " bytes has " + reply.capacity());
            }
            byte[] piece = new byte[size];
            reply.get(8, piece);
            state.writeBytes(piece);
            if (size < PIECE_BYTES) {
                return state.toByteArray();
            }
        }
    }

    /** MIG_DATA_WRITE of all of it; leaves the device in STOP. */
    public void load(byte[] state) {
        goTo(STATE_RESUMING);
        for (int at = 0; at < state.length; at += PIECE_BYTES) {
            int size = Math.min(PIECE_BYTES, state.length - at);
            ByteBuffer request = payload(8 + size).putInt(0, 8 + size).putInt(4, size);
            request.put(8, state, at, size);
            wire.request(MIG_DATA_WRITE, request, 0);
        }
        goTo(STATE_STOP);
    }
}
