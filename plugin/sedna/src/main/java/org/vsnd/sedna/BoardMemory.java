// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import java.nio.ByteBuffer;
import li.cil.sedna.api.Sizes;
import li.cil.sedna.api.device.PhysicalMemory;
import li.cil.sedna.api.memory.MappedMemoryRange;
import li.cil.sedna.api.memory.MemoryAccessException;
import li.cil.sedna.api.memory.MemoryMap;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * A board's memory as the card sees it. Only memory: a guest that points the card at another device, or at the card itself, is
 * refused. One thread runs processor and card, so nothing needs ordering.
 */
final class BoardMemory implements GuestMemory {
    private final MemoryMap map;

    BoardMemory(MemoryMap map) {
        this.map = map;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        copy(address, dst, PhysicalMemory::load);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        copy(address, src, PhysicalMemory::store);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        MappedMemoryRange range = memory(address, address % 2 == 0, 2);
        try {
            return (short) range.device.load((int) (address - range.start), Sizes.SIZE_16_LOG2);
        } catch (MemoryAccessException e) {
            throw new GuestMemoryException(address, 2);
        }
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        MappedMemoryRange range = memory(address, address % 2 == 0, 2);
        try {
            range.device.store((int) (address - range.start), value, Sizes.SIZE_16_LOG2);
        } catch (MemoryAccessException e) {
            throw new GuestMemoryException(address, 2);
        }
    }

    private interface Copy {
        void copy(PhysicalMemory memory, int offset, ByteBuffer buffer) throws MemoryAccessException;
    }

    /** Copies one piece for each device in which the range lies. */
    private void copy(long address, ByteBuffer buffer, Copy direction) throws GuestMemoryException {
        int position = buffer.position();
        int limit = buffer.limit();
        int length = limit - position;
        boolean whole = false;
        try {
            for (long at = address; buffer.position() < limit; ) {
                MappedMemoryRange range = memory(at, true, length);
                int piece = (int) Math.min(limit - buffer.position(), range.end - at + 1);
                buffer.limit(buffer.position() + piece);
                direction.copy((PhysicalMemory) range.device, (int) (at - range.start), buffer);
                at += piece;
            }
            whole = true;
        } catch (MemoryAccessException e) {
            throw new GuestMemoryException(address, length);
        } finally {
            buffer.limit(limit);
            if (!whole) {
                buffer.position(position);
            }
        }
    }

    private MappedMemoryRange memory(long address, boolean aligned, int length) throws GuestMemoryException {
        MappedMemoryRange range = aligned ? map.getMemoryRange(address) : null;
        if (range == null || !(range.device instanceof PhysicalMemory)) {
            throw new GuestMemoryException(address, length);
        }
        return range;
    }
}
