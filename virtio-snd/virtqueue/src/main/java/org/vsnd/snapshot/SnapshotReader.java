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
import org.vsnd.spi.SnapshotException;

/**
 * Reads a snapshot that is not trusted: it is refused if a field is missing or out of its range, and nothing is
 * allocated for more than the bytes that are there.
 */
public final class SnapshotReader {
    /**
     * The largest distance of a time in a snapshot from now, ten years; a number of frames is limited to that time at
     * its rate. Sums and differences of a dozen such values still fit a {@code long}.
     */
    public static final long LONGEST_NANOS = 10L * 365 * 24 * 3600 * 1_000_000_000L;

    private static final int PRINTABLE_LOW = 0x20;
    private static final int PRINTABLE_HIGH = 0x7e;

    private final ByteBuffer bytes; // from the next field to the end of the section
    private final long nowNanos;
    private String title = "header";

    /**
     * Checks header and checksum.
     *
     * @param snapshot not kept beyond reading it
     * @param nowNanos the moment of the restore
     */
    public SnapshotReader(byte[] snapshot, long nowNanos) throws SnapshotException {
        this.nowNanos = nowNanos;
        bytes = ByteBuffer.wrap(snapshot).order(ByteOrder.LITTLE_ENDIAN);
        if (snapshot.length < HEADER_LENGTH || bytes.getLong(MAGIC_AT) != MAGIC) {
            throw new SnapshotException("This is not a snapshot of a virtio device of vsnd: name another one.");
        }
        int version = bytes.getInt(VERSION_AT);
        if (version != VERSION) {
            throw new SnapshotException("The snapshot has format version " + Integer.toUnsignedString(version)
                    + ", and this vsnd knows only " + VERSION + ": restore it with the vsnd that made it.");
        }
        long length = Integer.toUnsignedLong(bytes.getInt(LENGTH_AT));
        if (length != snapshot.length - HEADER_LENGTH) {
            throw damaged("it should have " + length + " bytes and has " + (snapshot.length - HEADER_LENGTH));
        }
        CRC32 checksum = new CRC32();
        checksum.update(bytes.slice(HEADER_LENGTH, snapshot.length - HEADER_LENGTH));
        if ((int) checksum.getValue() != bytes.getInt(CHECKSUM_AT)) {
            throw damaged("its checksum is wrong");
        }
        bytes.position(HEADER_LENGTH).limit(HEADER_LENGTH);
    }

    /** The moment of the restore. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Begins a section; the previous one must have been read to its end. */
    public void section(Section next) throws SnapshotException {
        endSection();
        title = next.title();
        bytes.limit(bytes.capacity());
        if (bytes.remaining() < SECTION_HEADER_LENGTH || bytes.getInt() != next.number()) {
            throw damaged("it is missing");
        }
        long length = Integer.toUnsignedLong(bytes.getInt());
        if (length > bytes.remaining()) {
            throw damaged("it should have " + length + " bytes and has " + bytes.remaining());
        }
        bytes.limit(bytes.position() + (int) length);
    }

    /** Whether this section comes after the one that has been read to its end: for sections that need not be there. */
    public boolean isNext(Section next) {
        int at = bytes.position();
        boolean ended = !bytes.hasRemaining() && bytes.capacity() - at >= SECTION_HEADER_LENGTH;
        return ended
                && bytes.duplicate()
                                .order(bytes.order())
                                .limit(bytes.capacity())
                                .getInt(at)
                        == next.number();
    }

    /** The last section must have been read to its end, and nothing may follow. */
    public void end() throws SnapshotException {
        endSection();
        if (bytes.limit() != bytes.capacity()) {
            throw damaged("something follows it");
        }
    }

    private void endSection() throws SnapshotException {
        if (bytes.hasRemaining()) {
            throw damaged("it has " + bytes.remaining() + " bytes too many");
        }
    }

    /** {@link SnapshotWriter#bool}. */
    public boolean bool(String what) throws SnapshotException {
        return u8(what, 1) == 1;
    }

    /** {@link SnapshotWriter#u8}, 0..most. */
    public int u8(String what, int most) throws SnapshotException {
        need(1, what);
        return (int) inRange(what, Byte.toUnsignedLong(bytes.get()), 0, most);
    }

    /** {@link SnapshotWriter#choice}. */
    public <E extends Enum<E>> E choice(String what, E[] values) throws SnapshotException {
        return values[u8(what, values.length - 1)];
    }

    /** {@link SnapshotWriter#u16}, 0..most. */
    public int u16(String what, int most) throws SnapshotException {
        need(2, what);
        return (int) inRange(what, Short.toUnsignedLong(bytes.getShort()), 0, most);
    }

    /** {@link SnapshotWriter#i32}, least..most. */
    public int i32(String what, int least, int most) throws SnapshotException {
        return (int) inRange(what, any32(what), least, most);
    }

    /** {@link SnapshotWriter#i32}, taken as unsigned, least..most. */
    public long u32(String what, long least, long most) throws SnapshotException {
        return inRange(what, Integer.toUnsignedLong(any32(what)), least, most);
    }

    /** {@link SnapshotWriter#i32}: every value is possible. */
    public int any32(String what) throws SnapshotException {
        need(4, what);
        return bytes.getInt();
    }

    /** {@link SnapshotWriter#i64}, least..most. */
    public long i64(String what, long least, long most) throws SnapshotException {
        return inRange(what, any64(what), least, most);
    }

    /** {@link SnapshotWriter#i64}: every value is possible. */
    public long any64(String what) throws SnapshotException {
        need(8, what);
        return bytes.getLong();
    }

    /** {@link SnapshotWriter#nanos}, in terms of this host's clock. */
    public long nanos(String what) throws SnapshotException {
        return nowNanos + i64(what, -LONGEST_NANOS, LONGEST_NANOS);
    }

    /** {@link SnapshotWriter#nanos} of a past event, in terms of this host's clock. */
    public long past(String what) throws SnapshotException {
        return nowNanos + i64(what, -LONGEST_NANOS, 0);
    }

    /** {@link SnapshotWriter#u16}: this many items follow, for which there must be bytes. */
    public int count(String what, int most, int bytesEach) throws SnapshotException {
        int count = u16(what, most);
        if ((long) count * bytesEach > bytes.remaining()) {
            throw damaged("there are fewer than " + count + " " + what);
        }
        return count;
    }

    /** {@link SnapshotWriter#text}. */
    public String text(String what) throws SnapshotException {
        byte[] letters = new byte[count(what, 0xffff, 1)];
        bytes.get(letters);
        for (byte letter : letters) {
            inRange(what, letter, PRINTABLE_LOW, PRINTABLE_HIGH);
        }
        return new String(letters, StandardCharsets.US_ASCII);
    }

    /** Refuses the snapshot unless a condition holds. */
    public void require(boolean holds, String otherwise) throws SnapshotException {
        if (!holds) {
            throw damaged(otherwise);
        }
    }

    /** Refuses the snapshot of a card with another value of an option. */
    public void requireOption(String option, String saved, String ours) throws SnapshotException {
        if (!saved.equals(ours)) {
            throw new SnapshotException("The snapshot is of a card with " + option + "=" + saved + ", but this one has "
                    + option + "=" + ours + ": restore it into a card with the same options.");
        }
    }

    /** The reason for refusing the snapshot; {@code what} is the end of a sentence. */
    public SnapshotException damaged(String what) {
        return new SnapshotException("The snapshot is damaged (" + title + "): " + what + ". Take another one.");
    }

    private void need(int length, String what) throws SnapshotException {
        if (bytes.remaining() < length) {
            throw damaged("it ends before " + what);
        }
    }

    private long inRange(String what, long value, long least, long most) throws SnapshotException {
        if (value < least || value > most) {
            throw damaged(what + " is " + value + ", not " + least + ".." + most);
        }
        return value;
    }
}
