// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

/**
 * One entry of the capability list, PCI 3.0 section 6.7: its bytes, and the bits that the guest may write. Offsets
 * are relative to the capability; {@link ConfigSpace#add} gives it its place.
 */
public final class Capability {
    /** MSI-X. */
    public static final int ID_MSIX = 0x11;
    /** PCI Express. */
    public static final int ID_PCI_EXPRESS = 0x10;
    /** Vendor specific; used by virtio. */
    public static final int ID_VENDOR = 0x09;

    /** Bytes of the header: capability ID and the offset of the next one. */
    public static final int HEADER_LENGTH = 2;

    private final byte[] values;
    private final byte[] writeMask;

    /**
     * @param id the capability ID
     * @param length bytes, including the 2 of the header; all read-only zeros until set
     */
    public Capability(int id, int length) {
        if (length < HEADER_LENGTH || length > 0xc0) {
            throw new IllegalArgumentException("capability of " + length + " bytes");
        }
        values = new byte[length];
        writeMask = new byte[length];
        values[0] = (byte) id;
    }

    /** Sets a read-only little-endian field of {@code size} bytes. */
    public Capability field(int offset, int size, int value) {
        return field(offset, size, value, 0);
    }

    /** Sets a little-endian field of which the guest may write the bits of {@code mask}. */
    public Capability field(int offset, int size, int value, int mask) {
        if (offset < HEADER_LENGTH) {
            throw new IllegalArgumentException("the capability header is not a field");
        }
        for (int i = 0; i < size; i++) {
            values[offset + i] = (byte) (value >>> (8 * i));
            writeMask[offset + i] = (byte) (mask >>> (8 * i));
        }
        return this;
    }

    /** Bytes, including the header. */
    public int length() {
        return values.length;
    }

    int valueAt(int offset) {
        return values[offset] & 0xff;
    }

    int writeMaskAt(int offset) {
        return writeMask[offset] & 0xff;
    }
}
