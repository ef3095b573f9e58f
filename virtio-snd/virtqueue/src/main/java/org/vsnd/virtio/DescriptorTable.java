// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * A cursor over one table of descriptors, the queue's own or an indirect one, of either format: both have addresses and
 * lengths in the same places. Descriptors come through a small buffer, several at a time; each is decoded from the
 * device's copy, never from guest memory.
 */
final class DescriptorTable {
    /** Descriptors copied at once; a power of two. */
    private static final int CHUNK = 16;

    private final GuestMemory memory;
    private final ByteBuffer chunk =
            ByteBuffer.allocateDirect(CHUNK * VirtqDesc.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private long tableAddress;
    private int entries;
    /** First descriptor in the chunk, -1 if the chunk is empty. */
    private int chunkFirst = -1;

    private int offset;

    DescriptorTable(GuestMemory memory) {
        this.memory = memory;
    }

    /** Starts on a table, or anew on the same one. */
    void open(long address, int entries) {
        this.tableAddress = address;
        this.entries = entries;
        this.chunkFirst = -1;
    }

    int entries() {
        return entries;
    }

    /** Moves to a descriptor, 0..entries-1. */
    void seek(int index) throws GuestMemoryException {
        int first = index & -CHUNK;
        if (first != chunkFirst) {
            chunkFirst = -1;
            chunk.clear().limit(Math.min(CHUNK, entries - first) * VirtqDesc.LENGTH);
            memory.read(tableAddress + (long) first * VirtqDesc.LENGTH, chunk);
            chunkFirst = first;
        }
        offset = (index - first) * VirtqDesc.LENGTH;
    }

    long address() {
        return chunk.getLong(offset + VirtqDesc.ADDR);
    }

    /** 0..2^32-1. */
    long length() {
        return Integer.toUnsignedLong(chunk.getInt(offset + VirtqDesc.LEN));
    }

    /** One of the two fields after the length, whose order is the format's: 0..65535. */
    int le16(int field) {
        return Short.toUnsignedInt(chunk.getShort(offset + field));
    }
}
