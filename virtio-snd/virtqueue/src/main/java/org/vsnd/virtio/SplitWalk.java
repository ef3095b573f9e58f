// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_INDIRECT;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_NEXT;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_WRITE;

import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Follows the descriptors of one chain of a split queue, VIRTIO 1.4 section 2.7.5: any number of direct descriptors, then at
 * most one that names an indirect table (VQ-06).
 */
final class SplitWalk extends DescriptorWalk {
    SplitWalk(int queue, GuestMemory memory) {
        super(queue, memory);
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
            visit();
            int flags = table.le16(VirtqDesc.FLAGS);
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
            index = table.le16(VirtqDesc.NEXT);
            if (index >= table.entries()) {
                throw fault("descriptor's next is out of range", index);
            }
        }
        throw fault("descriptors form a loop; head", chain.head());
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
}
