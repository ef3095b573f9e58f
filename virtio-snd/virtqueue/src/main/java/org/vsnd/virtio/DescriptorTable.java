// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
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
    /** Instead of a table in guest memory: one that was copied before. */
    private byte @Nullable [] copied;

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
        this.copied = null;
        this.chunkFirst = -1;
    }

    /** Starts on a table that was copied before. */
    void open(byte[] table) {
        this.entries = table.length / VirtqDesc.LENGTH;
        this.copied = table;
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
            int bytes = Math.min(CHUNK, entries - first) * VirtqDesc.LENGTH;
            chunk.clear().limit(bytes);
            byte[] copy = copied;
            if (copy == null) {
                memory.read(tableAddress + (long) first * VirtqDesc.LENGTH, chunk);
            } else {
                chunk.put(0, copy, first * VirtqDesc.LENGTH, bytes);
            }
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
