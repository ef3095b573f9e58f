// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * The guest's memory as its CPU sees it: pieces of little-endian memory at guest-physical addresses; those that touch are one
 * memory. One thread.
 */
public final class GuestRam {
    private static final int FILL_BYTES = 4096;

    private final byte[] same = new byte[FILL_BYTES]; // all of one value
    private final long[] bases;
    private final ByteBuffer[] pieces;
    private final int highest; // the first piece of the highest memory without a hole

    /**
     * @param bases guest-physical address of each piece, ascending
     * @param pieces its bytes, from 0 to the capacity
     */
    public GuestRam(long[] bases, ByteBuffer... pieces) {
        this.bases = bases.clone();
        this.pieces = new ByteBuffer[pieces.length];
        int unbroken = 0;
        for (int i = 0; i < pieces.length; i++) {
            this.pieces[i] = pieces[i].duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
            if (i > 0 && bases[i - 1] + pieces[i - 1].capacity() != bases[i]) {
                unbroken = i;
            }
        }
        highest = unbroken;
    }

    /** One piece of memory. */
    public GuestRam(long base, ByteBuffer bytes) {
        this(new long[] {base}, bytes);
    }

    /** Memory that is kept in pages, one behind the other. */
    public static GuestRam ofPages(long base, byte[][] pages) {
        long[] bases = new long[pages.length];
        ByteBuffer[] pieces = new ByteBuffer[pages.length];
        long next = base;
        for (int i = 0; i < pages.length; i++) {
            bases[i] = next;
            pieces[i] = ByteBuffer.wrap(pages[i]);
            next += pages[i].length;
        }
        return new GuestRam(bases, pieces);
    }

    /** Guest-physical address of the highest memory without a hole. */
    public long highestBase() {
        return bases[highest];
    }

    /** Bytes of the highest memory without a hole. */
    public long highestLength() {
        int last = pieces.length - 1;
        return bases[last] + pieces[last].capacity() - bases[highest];
    }

    private int pieceAt(long address) {
        int found = Arrays.binarySearch(bases, address);
        int piece = found >= 0 ? found : -found - 2;
        if (piece < 0 || address - bases[piece] >= pieces[piece].capacity()) {
            throw new IllegalArgumentException(String.format("the test driver has no memory at 0x%x", address));
        }
        return piece;
    }

    private long get(long address, int size) {
        int piece = pieceAt(address);
        ByteBuffer bytes = pieces[piece];
        int at = (int) (address - bases[piece]);
        if (at > bytes.capacity() - size) {
            return getAcross(address, size);
        }
        return switch (size) {
            case 1 -> bytes.get(at);
            case 2 -> bytes.getShort(at);
            default -> bytes.getInt(at);
        };
    }

    private long getAcross(long address, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (get(address + i, 1) & 0xff) << (8 * i);
        }
        return value;
    }

    private void put(long address, int size, long value) {
        int piece = pieceAt(address);
        ByteBuffer bytes = pieces[piece];
        int at = (int) (address - bases[piece]);
        if (at > bytes.capacity() - size) {
            for (int i = 0; i < size; i++) {
                put(address + i, 1, value >>> (8 * i));
            }
            return;
        }
        switch (size) {
            case 1 -> bytes.put(at, (byte) value);
            case 2 -> bytes.putShort(at, (short) value);
            case 4 -> bytes.putInt(at, (int) value);
            default -> bytes.putLong(at, value);
        }
    }

    /** Reads a byte, zero-extended. */
    public int get8(long address) {
        return (int) get(address, 1) & 0xff;
    }

    /** Writes a byte. */
    public void put8(long address, int value) {
        put(address, 1, value);
    }

    /** Reads 16 bits, zero-extended. */
    public int get16(long address) {
        return (int) get(address, 2) & 0xffff;
    }

    /** Writes 16 bits. */
    public void put16(long address, int value) {
        put(address, 2, value);
    }

    /** Reads 32 bits. */
    public int get32(long address) {
        return (int) get(address, 4);
    }

    /** Writes 32 bits. */
    public void put32(long address, int value) {
        put(address, 4, value);
    }

    /** Writes 64 bits. */
    public void put64(long address, long value) {
        put(address, 8, value);
    }

    /** Copies memory out. */
    public void read(long address, byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        for (int done = 0; done < length; ) {
            int piece = pieceAt(address + done);
            int at = (int) (address + done - bases[piece]);
            int count = Math.min(length - done, pieces[piece].capacity() - at);
            pieces[piece].get(at, into, offset + done, count);
            done += count;
        }
    }

    /** Copies memory out. */
    public byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        read(address, bytes, 0, length);
        return bytes;
    }

    /** Copies memory in. */
    public void write(long address, byte[] from, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, from.length);
        for (int done = 0; done < length; ) {
            int piece = pieceAt(address + done);
            int at = (int) (address + done - bases[piece]);
            int count = Math.min(length - done, pieces[piece].capacity() - at);
            pieces[piece].put(at, from, offset + done, count);
            done += count;
        }
    }

    /** Copies memory in. */
    public void write(long address, byte... from) {
        write(address, from, 0, from.length);
    }

    /** Fills memory with one byte value. */
    public void fill(long address, int length, int value) {
        if (same[0] != (byte) value) {
            Arrays.fill(same, (byte) value);
        }
        for (int done = 0; done < length; ) {
            int piece = pieceAt(address + done);
            int at = (int) (address + done - bases[piece]);
            int count = Math.min(length - done, pieces[piece].capacity() - at);
            for (int filled = 0; filled < count; filled += FILL_BYTES) {
                pieces[piece].put(at + filled, same, 0, Math.min(FILL_BYTES, count - filled));
            }
            done += count;
        }
    }
}
