package org.vsnd.it.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** The guest's memory as its CPU sees it: pieces of little-endian memory at guest-physical addresses. One thread. */
public final class GuestRam {
    private final long[] bases;
    private final ByteBuffer[] pieces;

    /**
     * @param bases guest-physical address of each piece
     * @param pieces its bytes, from 0 to the capacity
     */
    public GuestRam(long[] bases, ByteBuffer... pieces) {
        this.bases = bases.clone();
        this.pieces = new ByteBuffer[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            this.pieces[i] = pieces[i].duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** One piece of memory. */
    public GuestRam(long base, ByteBuffer bytes) {
        this(new long[] {base}, bytes);
    }

    /** Guest-physical address of the last piece. */
    public long highestBase() {
        return bases[bases.length - 1];
    }

    /** Bytes of the last piece. */
    public long highestLength() {
        return pieces[pieces.length - 1].capacity();
    }

    private int pieceAt(long address, int length) {
        for (int i = 0; i < bases.length; i++) {
            long at = address - bases[i];
            if (at >= 0 && at + length <= pieces[i].capacity()) {
                return i;
            }
        }
        throw new IllegalArgumentException(String.format("the test driver has no memory at 0x%x", address));
    }

    /** Reads a byte, zero-extended. */
    public int get8(long address) {
        int piece = pieceAt(address, 1);
        return pieces[piece].get((int) (address - bases[piece])) & 0xff;
    }

    /** Writes a byte. */
    public void put8(long address, int value) {
        int piece = pieceAt(address, 1);
        pieces[piece].put((int) (address - bases[piece]), (byte) value);
    }

    /** Reads 16 bits, zero-extended. */
    public int get16(long address) {
        int piece = pieceAt(address, 2);
        return pieces[piece].getShort((int) (address - bases[piece])) & 0xffff;
    }

    /** Writes 16 bits. */
    public void put16(long address, int value) {
        int piece = pieceAt(address, 2);
        pieces[piece].putShort((int) (address - bases[piece]), (short) value);
    }

    /** Reads 32 bits. */
    public int get32(long address) {
        int piece = pieceAt(address, 4);
        return pieces[piece].getInt((int) (address - bases[piece]));
    }

    /** Writes 32 bits. */
    public void put32(long address, int value) {
        int piece = pieceAt(address, 4);
        pieces[piece].putInt((int) (address - bases[piece]), value);
    }

    /** Writes 64 bits. */
    public void put64(long address, long value) {
        int piece = pieceAt(address, 8);
        pieces[piece].putLong((int) (address - bases[piece]), value);
    }

    /** Copies memory out. */
    public void read(long address, byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        int piece = pieceAt(address, length);
        pieces[piece].get((int) (address - bases[piece]), into, offset, length);
    }

    /** Copies memory out. */
    public byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        read(address, bytes, 0, length);
        return bytes;
    }

    /** Copies memory in. */
    public void write(long address, byte[] from, int offset, int length) {
        int piece = pieceAt(address, length);
        pieces[piece].put((int) (address - bases[piece]), from, offset, length);
    }

    /** Copies memory in. */
    public void write(long address, byte... from) {
        write(address, from, 0, from.length);
    }

    /** Fills memory with one byte value. */
    public void fill(long address, int length, int value) {
        int piece = pieceAt(address, length);
        int at = (int) (address - bases[piece]);
        for (int i = 0; i < length; i++) {
            pieces[piece].put(at + i, (byte) value);
        }
    }
}
