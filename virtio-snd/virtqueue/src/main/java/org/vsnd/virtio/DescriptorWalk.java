// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.vsnd.spi.GuestMemory;

/**
 * What it takes to copy the descriptors of one buffer into a {@link DescriptorChain}, whatever the queue's format, with
 * distrust of all of them (VQ-04).
 */
abstract class DescriptorWalk {
    /**
     * Most descriptors of an indirect table, whatever the queue's size (VQ-02): a 4 MiB period in 4 KiB pages with its
     * header and status needs 1026.
     */
    static final int INDIRECT_ENTRIES_MAX = 2048;

    /** Most bytes of a chain, section 2.7.5.2. */
    static final long CHAIN_BYTES_MAX = 1L << 32;

    final DescriptorTable table;
    private final int queue;
    private long visited;

    /** @param queue the queue's number, for messages */
    DescriptorWalk(int queue, GuestMemory memory) {
        this.queue = queue;
        this.table = new DescriptorTable(memory);
    }

    /** Descriptors read in all walks. */
    final long visited() {
        return visited;
    }

    final void visit() {
        visited++;
    }

    /** Continues in the table that the current descriptor names; returns the number of its entries, above 0. */
    final int openIndirect() throws VirtqueueException {
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

    /** Adds what the current descriptor describes. */
    final void append(DescriptorChain chain, boolean writable) throws VirtqueueException {
        long address = table.address();
        long length = table.length();
        if (!writable && chain.hasWritableSegment()) {
            throw fault("readable descriptor after a writable one; address", address);
        }
        checkRange(address, length);
        if (length > CHAIN_BYTES_MAX - chain.totalBytes()) {
            throw fault("chain is longer than 2^32 bytes; address", address);
        }
        chain.append(address, length, writable);
    }

    private void checkRange(long address, long length) throws VirtqueueException {
        if (length != 0 && Long.compareUnsigned(address + length - 1, address) < 0) {
            throw fault("descriptor's buffer wraps around; address", address);
        }
    }

    final VirtqueueException fault(String what, long value) {
        return VirtqueueException.of(queue, what, value);
    }
}
