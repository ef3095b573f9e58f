// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snapshot;

import static org.vsnd.snapshot.SnapshotFormat.CHECKSUM_AT;
import static org.vsnd.snapshot.SnapshotFormat.HEADER_LENGTH;
import static org.vsnd.snapshot.SnapshotFormat.LENGTH_AT;
import static org.vsnd.snapshot.SnapshotFormat.MAGIC;
import static org.vsnd.snapshot.SnapshotFormat.MAGIC_AT;
import static org.vsnd.snapshot.SnapshotFormat.SECTION_HEADER_LENGTH;
import static org.vsnd.snapshot.SnapshotFormat.VERSION;
import static org.vsnd.snapshot.SnapshotFormat.VERSION_AT;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Writes a snapshot: sections, one after the other, and fields in them. {@link SnapshotReader} has its counterparts. */
public final class SnapshotWriter {
    private static final int FIRST_CAPACITY = 4096;
    private static final int NO_SECTION = -1;

    private final long nowNanos;
    private ByteBuffer bytes = allocate(FIRST_CAPACITY).position(HEADER_LENGTH);
    private int sectionStart = NO_SECTION;

    /** @param nowNanos the moment from which times are counted */
    public SnapshotWriter(long nowNanos) {
        this.nowNanos = nowNanos;
    }

    private static ByteBuffer allocate(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The moment of the snapshot. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Begins a section and ends the previous one. */
    public SnapshotWriter section(Section section) {
        endSection();
        room(SECTION_HEADER_LENGTH).putInt(section.number()).putInt(0);
        sectionStart = bytes.position();
        return this;
    }

    /** A byte, 0 or 1. */
    public SnapshotWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    /** A byte. */
    public SnapshotWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    /** A byte: the ordinal of a constant. */
    @SuppressWarnings("EnumOrdinal") // the format depends on the order; a change must raise the version
    public SnapshotWriter choice(Enum<?> value) {
        return u8(value.ordinal());
    }

    /** Two bytes. */
    public SnapshotWriter u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    /** Four bytes. */
    public SnapshotWriter i32(int value) {
        room(4).putInt(value);
        return this;
    }

    /** Eight bytes. */
    public SnapshotWriter i64(long value) {
        room(8).putLong(value);
        return this;
    }

    /** A time as eight bytes, relative to {@link #nowNanos()}. */
    public SnapshotWriter nanos(long time) {
        return i64(time - nowNanos);
    }

    /** Two bytes with the length, then that many of printable ASCII. */
    public SnapshotWriter text(String text) {
        byte[] letters = text.getBytes(StandardCharsets.US_ASCII);
        u16(letters.length);
        room(letters.length).put(letters);
        return this;
    }

    /** The whole snapshot; nothing can be written afterwards. */
    public byte[] finish() {
        endSection();
        byte[] whole = new byte[bytes.position()];
        CRC32 checksum = new CRC32();
        checksum.update(bytes.slice(HEADER_LENGTH, whole.length - HEADER_LENGTH));
        bytes.putLong(MAGIC_AT, MAGIC)
                .putInt(VERSION_AT, VERSION)
                .putInt(LENGTH_AT, whole.length - HEADER_LENGTH)
                .putInt(CHECKSUM_AT, (int) checksum.getValue());
        bytes.get(0, whole);
        return whole;
    }

    private void endSection() {
        if (sectionStart != NO_SECTION) {
            bytes.putInt(sectionStart - Integer.BYTES, bytes.position() - sectionStart);
        }
    }

    private ByteBuffer room(int length) {
        if (bytes.remaining() < length) {
            bytes = allocate(2 * bytes.capacity() + length).put(bytes.flip());
        }
        return bytes;
    }
}
