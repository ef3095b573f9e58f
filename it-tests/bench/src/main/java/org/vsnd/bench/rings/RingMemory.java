// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.rings;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/** A guest's memory from address 0 on, which costs as little as memory can: the ring's own cost is to be seen. */
final class RingMemory implements GuestMemory {
    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer ram;
    private final ByteBuffer view;

    RingMemory(int bytes) {
        ram = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        view = ram.duplicate();
    }

    /** As the driver sees it. */
    ByteBuffer ram() {
        return ram;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        int length = dst.remaining();
        int at = at(address, length);
        view.limit(at + length).position(at);
        dst.put(view);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        int length = src.remaining();
        int at = at(address, length);
        view.limit(at + length).position(at);
        view.put(src);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        return (short) SHORTS.getAcquire(ram, at(address, Short.BYTES));
    }

    @Override
    public void storeRelease16(long address, short value) {
        SHORTS.setRelease(ram, (int) address, value); // which checks, too
    }

    private int at(long address, int length) throws GuestMemoryException {
        if (address < 0 || address > ram.capacity() - length) {
            throw new GuestMemoryException(address, length);
        }
        return (int) address;
    }
}
