// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.DescriptorChain;

/**
 * A control element's metadata as it is now: struct virtio_snd_ctl_tlv, 5.14.6.10.3. Its memory is taken when it is made: as much as
 * a driver may write if drivers may write it. Device thread only; allocates nothing afterwards.
 */
final class ControlMetadata {
    /** The most bytes of {@code value}. */
    static final int VALUE_BYTES_MAX = 65536;

    static final int TYPE = 0; // le32
    static final int LENGTH = 4; // le32: bytes of the value
    static final int HEADER_BYTES = 8;

    private final byte[] initial;
    private final boolean writable;
    private ByteBuffer tlv;
    private int tlvBytes;
    private ByteBuffer other;

    ControlMetadata(@Nullable ControlTlv from, boolean writable) {
        this.writable = writable;
        int words = from == null ? 0 : from.value().size();
        initial = new byte[HEADER_BYTES + words * Integer.BYTES];
        ByteBuffer bytes = ByteBuffer.wrap(initial).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(from == null ? 0 : from.type()).putInt(words * Integer.BYTES);
        if (from != null) {
            from.value().forEach(bytes::putInt);
        }
        tlv = ByteBuffer.allocate(writable ? HEADER_BYTES + VALUE_BYTES_MAX : initial.length);
        other = writable ? ByteBuffer.allocate(HEADER_BYTES + VALUE_BYTES_MAX) : tlv;
        restore();
    }

    /** Puts back what its maker gave. */
    void restore() {
        set(initial);
    }

    private void set(byte[] whole) {
        tlv.clear().put(whole);
        tlvBytes = whole.length;
    }

    /** Writes as much as fits (SND-99) and returns the number of bytes. */
    int read(DescriptorChain chain, int offset) throws GuestMemoryException {
        int bytes = (int) Math.min(tlvBytes, chain.writableBytes() - offset);
        chain.write(offset, tlv.clear().limit(bytes));
        return bytes;
    }

    /** Takes this many bytes of a whole new TLV; the caller has checked them. */
    void write(DescriptorChain chain, int offset, int bytes) throws GuestMemoryException {
        chain.read(offset, other.clear().limit(bytes));
        ByteBuffer before = tlv;
        tlv = other;
        tlvBytes = bytes;
        other = before;
    }

    /** Writes it, if it can have changed. */
    void save(SnapshotWriter out) {
        if (writable) {
            out.i32(tlvBytes);
            for (int at = 0; at < tlvBytes; at++) {
                out.u8(tlv.get(at) & 0xff);
            }
        }
    }

    /** Reads what {@link #save} wrote, and changes nothing. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        if (!writable) {
            return () -> {};
        }
        int bytes = in.i32("the length of metadata", HEADER_BYTES, HEADER_BYTES + VALUE_BYTES_MAX);
        byte[] saved = new byte[0];
        for (int at = 0; at < bytes; at++) { // grown as bytes come: a length alone allocates nothing
            if (at == saved.length) {
                saved = Arrays.copyOf(saved, Math.min(bytes, 2 * at + HEADER_BYTES));
            }
            saved[at] = (byte) in.u8("a byte of metadata", 0xff);
        }
        byte[] whole = saved;
        return () -> set(whole);
    }
}
