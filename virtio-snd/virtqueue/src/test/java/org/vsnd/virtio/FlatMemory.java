// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/** A guest's memory in one direct buffer, with one hole, and a guard that notes accesses while it is asked to. */
class FlatMemory implements GuestMemory {
    static final long BASE = 0x1000_0000L;

    /** One noted access. */
    record Access(boolean isWrite, long address, int length) {
        boolean touches(long start, long bytes) {
            return address < start + bytes && start < address + length;
        }
    }

    final List<Access> accesses = new ArrayList<>();
    boolean noting;
    private final ByteBuffer ram;
    private final ByteBuffer view;
    private long holeStart;
    private long holeEnd;

    FlatMemory(int bytes) {
        ram = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        view = ram.duplicate();
    }

    long end() {
        return BASE + ram.capacity();
    }

    void hole(long start, long bytes) {
        holeStart = start;
        holeEnd = start + bytes;
    }

    List<Access> writes() {
        return accesses.stream().filter(Access::isWrite).toList();
    }

    List<Access> reads() {
        return accesses.stream().filter(access -> !access.isWrite()).toList();
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        int length = dst.remaining();
        view.limit(ram.capacity()).position(at(address, length));
        note(false, address, length);
        view.limit(view.position() + length);
        dst.put(view);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        int length = src.remaining();
        view.limit(ram.capacity()).position(at(address, length));
        note(true, address, length);
        view.put(src);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        int at = at16(address);
        note(false, address, 2);
        short value = ram.getShort(at);
        VarHandle.acquireFence();
        return value;
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        int at = at16(address);
        note(true, address, 2);
        VarHandle.releaseFence();
        ram.putShort(at, value);
    }

    private int at16(long address) throws GuestMemoryException {
        if ((address & 1) != 0) {
            throw new GuestMemoryException(address, 2);
        }
        return at(address, 2);
    }

    private int at(long address, int length) throws GuestMemoryException {
        long offset = address - BASE;
        boolean inRam = offset >= 0 && offset <= ram.capacity() - length;
        if (!inRam || (address < holeEnd && holeStart < address + length)) {
            throw new GuestMemoryException(address, length);
        }
        return (int) offset;
    }

    private void note(boolean isWrite, long address, int length) {
        if (noting) {
            accesses.add(new Access(isWrite, address, length));
        }
    }

    // The driver's own accesses: unguarded and not noted.

    short get16(long address) {
        return ram.getShort((int) (address - BASE));
    }

    int get32(long address) {
        return ram.getInt((int) (address - BASE));
    }

    long get64(long address) {
        return ram.getLong((int) (address - BASE));
    }

    void put16(long address, int value) {
        ram.putShort((int) (address - BASE), (short) value);
    }

    void put32(long address, int value) {
        ram.putInt((int) (address - BASE), value);
    }

    void put64(long address, long value) {
        ram.putLong((int) (address - BASE), value);
    }

    byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        ram.get((int) (address - BASE), bytes);
        return bytes;
    }

    void putBytes(long address, byte[] bytes) {
        ram.put((int) (address - BASE), bytes);
    }
}
