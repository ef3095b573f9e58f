// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_INDIRECT;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_NEXT;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_WRITE;

import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Follows the descriptors of one chain of a split queue and copies them into a {@link DescriptorChain}, distrusting all
 * of them (VQ-04). Any number of direct descriptors, then at most one that names an indirect table (VQ-06).
 */
final class DescriptorWalk {
    /**
     * Most descriptors of an indirect table, whatever the queue's size (VQ-02): a 4 MiB period in 4 KiB pages with its
     * header and status needs 1026.
     */
    static final int INDIRECT_ENTRIES_MAX = 2048;

    /** Most bytes of a chain, section 2.7.5.2. */
    static final long CHAIN_BYTES_MAX = 1L << 32;

    private final int queue;
    private final DescriptorTable table;
    private long visited;

    /** @param queue the queue's number, for messages */
    DescriptorWalk(int queue, GuestMemory memory) {
        this.queue = queue;
        this.table = new DescriptorTable(memory);
    }

    /**
     * Fills a chain.
     *
     * @param chain cleared first; its head is below {@code size}
     * @param size descriptors in the queue's own table
     * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC is negotiated
     */
    void copy(DescriptorChain chain, long descAddress, int size, boolean indirectAllowed)
            throws VirtqueueException, GuestMemoryException {
        chain.clear();
        table.open(descAddress, size);
        boolean inIndirect = false;
        int index = chain.head();
        // A chain that visits more descriptors than its table has is a loop.
        for (int left = size; left > 0; left--) {
            table.seek(index);
            visited++;
            int flags = table.flags();
            if ((flags & VIRTQ_DESC_F_INDIRECT) != 0) {
                checkIndirect(flags, indirectAllowed, inIndirect);
                inIndirect = true;
                left = openIndirect() + 1;
                index = 0;
                continue;
            }
            append(chain, (flags & VIRTQ_DESC_F_WRITE) != 0);
            if ((flags & VIRTQ_DESC_F_NEXT) == 0) {
                return;
            }
            index = table.next();
            if (index >= table.entries()) {
                throw fault("descriptor's next is out of range", index);
            }
        }
        throw fault("descriptors form a loop; head", chain.head());
    }

    /** Descriptors read in all walks. */
    long visited() {
        return visited;
    }

    private void checkIndirect(int flags, boolean allowed, boolean nested) throws VirtqueueException {
        if (!allowed) {
            throw fault("indirect descriptor, not negotiated; flags", flags);
        }
        if (nested) {
            throw fault("indirect descriptor in an indirect table; flags", flags);
        }
        if ((flags & VIRTQ_DESC_F_NEXT) != 0) {
            throw fault("indirect descriptor with NEXT; flags", flags);
        }
    }

    /** Continues in the table that the current descriptor names; returns the number of its entries. */
    private int openIndirect() throws VirtqueueException {
        long length = table.length();
        if (length == 0 || length % VirtqDesc.LENGTH != 0) {
            throw fault("indirect table's length is not a multiple of 16 above 0", length);
        }
        long entries = length / VirtqDesc.LENGTH;
        if (entries > INDIRECT_ENTRIES_MAX) {
            throw fault("indirect table has too many entries", entries);
        }
        long address = table.address();
        checkRange(address, length);
        table.open(address, (int) entries);
        return (int) entries;
    }

    private void append(DescriptorChain chain, boolean writable) throws VirtqueueException {
        long address = table.address();
        long length = table.length();
        if (!writable && chain.hasWritableSegment()) {
            throw fault("readable descriptor after a writable one; head", chain.head());
        }
        checkRange(address, length);
        if (length > CHAIN_BYTES_MAX - chain.totalBytes()) {
            throw fault("chain is longer than 2^32 bytes; head", chain.head());
        }
        chain.append(address, length, writable);
    }

    private void checkRange(long address, long length) throws VirtqueueException {
        if (length != 0 && Long.compareUnsigned(address + length - 1, address) < 0) {
            throw fault("descriptor's buffer wraps around; address", address);
        }
    }

    private VirtqueueException fault(String what, long value) {
        return new VirtqueueException("queue " + queue + ": " + what + " 0x" + Long.toHexString(value));
    }
}
