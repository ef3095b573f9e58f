// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.Bar;
import org.vsnd.spi.SnapshotException;

/**
 * Configuration space of one function, type 0 header (PCI 3.0 section 6.1): 4096 bytes, each with a mask of the bits the
 * guest may write. It only stores; its owner acts on what was written.
 *
 * <p>Filled by {@link #declare} and {@link #add} when the function is built; afterwards device thread only, and nothing
 * allocates.
 */
public final class ConfigSpace {
    /** Bytes. */
    public static final int LENGTH = 4096;

    /** Command register. */
    public static final int COMMAND = 0x04; // le16 RW
    /** Status register. */
    public static final int STATUS = 0x06; // le16 R

    /** Command: the function may read and write memory and send message-signalled interrupts. */
    public static final int COMMAND_BUS_MASTER = 1 << 2;
    /** Command: INTx must not be asserted. */
    public static final int COMMAND_INTX_DISABLE = 1 << 10;
    /** Status: INTx is asserted, or would be if it were not disabled. */
    public static final int STATUS_INTX = 1 << 3;

    private static final int VENDOR_ID = 0x00; // le16 R
    private static final int DEVICE_ID = 0x02; // le16 R
    private static final int REVISION_ID = 0x08; // u8 R
    private static final int CLASS_CODE = 0x09; // le24 R
    private static final int CACHE_LINE_SIZE = 0x0c; // u8 RW
    private static final int BASE_ADDRESS_0 = 0x10; // 6 x le32 RW
    private static final int SUBSYSTEM_VENDOR_ID = 0x2c; // le16 R
    private static final int SUBSYSTEM_ID = 0x2e; // le16 R
    private static final int CAPABILITIES_POINTER = 0x34; // u8 R
    private static final int INTERRUPT_LINE = 0x3c; // u8 RW
    private static final int INTERRUPT_PIN = 0x3d; // u8 R

    // I/O and memory decoding, bus mastering, INTx disable: the bits hosts forward (VFIO-USER.md section 4).
    private static final int COMMAND_WRITABLE = 0x0407;
    private static final int STATUS_CAPABILITIES_LIST = 1 << 4;
    private static final int INTA = 1;
    private static final int BAR_64_BIT = 0x4;
    private static final int BAR_PREFETCHABLE = 0x8;
    private static final int BAR_ADDRESS_MASK = 0xfffffff0;
    private static final int FIRST_CAPABILITY = 0x40;
    private static final int END_OF_CAPABILITIES = 0x100;

    private final byte[] values = new byte[LENGTH];
    private final byte[] initial = new byte[LENGTH];
    private final byte[] writeMask = new byte[LENGTH];

    private int link = CAPABILITIES_POINTER;
    private int free = FIRST_CAPABILITY;

    /** The header, without BARs and capabilities; interrupt pin INTA. */
    public ConfigSpace(int vendorId, int deviceId, PciIdentity identity) {
        define(VENDOR_ID, 2, vendorId, 0);
        define(DEVICE_ID, 2, deviceId, 0);
        define(COMMAND, 2, 0, COMMAND_WRITABLE);
        define(STATUS, 2, STATUS_CAPABILITIES_LIST, 0);
        define(REVISION_ID, 1, identity.revision(), 0);
        define(CLASS_CODE, 3, identity.classCode(), 0);
        define(CACHE_LINE_SIZE, 1, 0, 0xff);
        define(SUBSYSTEM_VENDOR_ID, 2, identity.subsystemVendorId(), 0);
        define(SUBSYSTEM_ID, 2, identity.subsystemId(), 0);
        define(INTERRUPT_LINE, 1, 0, 0xff);
        define(INTERRUPT_PIN, 1, INTA, 0);
    }

    /** Makes a base address register: its address bits above the size are writable, so that all ones read as the size. */
    public void declare(Bar bar) {
        int register = BASE_ADDRESS_0 + 4 * bar.index();
        int type = (bar.is64Bit() ? BAR_64_BIT : 0) | (bar.prefetchable() ? BAR_PREFETCHABLE : 0);
        long addressMask = -bar.size();
        define(register, 4, type, (int) addressMask & BAR_ADDRESS_MASK);
        if (bar.is64Bit()) {
            define(register + 4, 4, 0, (int) (addressMask >>> 32));
        }
    }

    /**
     * Appends a capability to the list, on the next multiple of 4.
     *
     * @return its offset in configuration space
     */
    public int add(Capability capability) {
        int offset = free;
        if (offset + capability.length() > END_OF_CAPABILITIES) {
            throw new IllegalStateException("no room for another capability");
        }
        for (int i = 0; i < capability.length(); i++) {
            define(offset + i, 1, capability.valueAt(i), capability.writeMaskAt(i));
        }
        define(link, 1, offset, 0);
        link = offset + 1;
        free = (offset + capability.length() + 3) & ~3;
        return offset;
    }

    /** Reads {@code size} (1..4) bytes, little-endian; bytes outside the space read as 0. */
    public int read(int offset, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            int at = offset + i;
            if (at >= 0 && at < LENGTH) {
                value |= (values[at] & 0xff) << (8 * i);
            }
        }
        return value;
    }

    /** The guest writes {@code size} (1..4) bytes, little-endian; only writable bits change. */
    public void write(int offset, int size, int value) {
        for (int i = 0; i < size; i++) {
            int at = offset + i;
            if (at >= 0 && at < LENGTH) {
                int mask = writeMask[at];
                values[at] = (byte) ((values[at] & ~mask) | ((value >>> (8 * i)) & mask));
            }
        }
    }

    /** The function itself changes {@code size} (1..4) bytes, writable or not. */
    public void set(int offset, int size, int value) {
        for (int i = 0; i < size; i++) {
            values[offset + i] = (byte) (value >>> (8 * i));
        }
    }

    /** Restores the state after creation. */
    public void reset() {
        System.arraycopy(initial, 0, values, 0, LENGTH);
    }

    /** Writes what the guest can write: bytes 0..255, with every other bit 0. Beyond them nothing is writable. */
    public void save(SnapshotWriter out) {
        for (int at = 0; at < END_OF_CAPABILITIES; at++) {
            out.u8(values[at] & writeMask[at]);
        }
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @return the whole bytes 0..255, for {@link #restore}
     */
    public byte[] load(SnapshotReader in) throws SnapshotException {
        byte[] loaded = new byte[END_OF_CAPABILITIES];
        for (int at = 0; at < END_OF_CAPABILITIES; at++) {
            int written = in.u8("a register", 0xff);
            in.require((written & ~writeMask[at] & 0xff) == 0, "a read-only register was written");
            loaded[at] = (byte) ((initial[at] & ~writeMask[at]) | written);
        }
        return loaded;
    }

    /** Sets what was loaded; the owner acts on it. */
    public void restore(byte[] loaded) {
        reset();
        System.arraycopy(loaded, 0, values, 0, loaded.length);
    }

    /** Whether an access of {@code size} bytes at {@code offset} touches the field of {@code length} bytes at {@code field}. */
    public static boolean touches(int offset, int size, int field, int length) {
        return offset < field + length && field < (long) offset + size;
    }

    private void define(int offset, int size, int value, int mask) {
        for (int i = 0; i < size; i++) {
            initial[offset + i] = (byte) (value >>> (8 * i));
            values[offset + i] = initial[offset + i];
            writeMask[offset + i] = (byte) (mask >>> (8 * i));
        }
    }
}
