// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_INDIRECT;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_NEXT;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_WRITE;

import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Follows the descriptors of one list of a packed queue, VIRTIO 1.4 section 2.8: descriptors that follow each other in the
 * ring, or one that names an indirect table; not both (VQ-26).
 */
final class PackedWalk extends DescriptorWalk {
    PackedWalk(int queue, GuestMemory memory) {
        super(queue, memory);
    }

    /**
     * Fills a chain, and sets how many descriptors of the ring it has.
     *
     * @param chain cleared first
     * @param first index of the list's first descriptor
     * @param size descriptors in the ring
     * @param most descriptors of the ring that the list may have, 1..size
     * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC is negotiated
     * @param tracker is told of each descriptor of the ring
     * @return the buffer ID, 0..65535, which the last descriptor has
     */
    int copy(
            DescriptorChain chain,
            long ringAddress,
            int first,
            int size,
            int most,
            boolean indirectAllowed,
            ListTracker tracker)
            throws VirtqueueException, GuestMemoryException {
        chain.clear();
        table.open(ringAddress, size);
        return follow(chain, first, size, most, indirectAllowed, tracker);
    }

    /**
     * The same with a list that was copied before.
     *
     * @param list all of its descriptors
     */
    int copy(DescriptorChain chain, byte[] list, boolean indirectAllowed)
            throws VirtqueueException, GuestMemoryException {
        chain.clear();
        table.open(list);
        int length = table.entries();
        int id = follow(chain, 0, length, length, indirectAllowed, ListTracker.NONE);
        if (chain.slots() != length) {
            throw fault("list that was taken before ends early; its descriptors are", length);
        }
        return id;
    }

    private int follow(
            DescriptorChain chain, int first, int size, int most, boolean indirectAllowed, ListTracker tracker)
            throws VirtqueueException, GuestMemoryException {
        int index = first;
        for (int slots = 1; slots <= most; slots++) {
            table.seek(index);
            visit();
            int flags = table.le16(PvirtqDesc.FLAGS);
            int id = table.le16(PvirtqDesc.ID);
            tracker.descriptor(slots - 1, table.address(), (int) table.length(), id, flags);
            if ((flags & VIRTQ_DESC_F_INDIRECT) != 0) {
                checkIndirect(flags, indirectAllowed, slots);
                copyIndirect(chain);
                chain.slots(1);
                return id;
            }
            append(chain, (flags & VIRTQ_DESC_F_WRITE) != 0);
            if ((flags & VIRTQ_DESC_F_NEXT) == 0) {
                chain.slots(slots);
                return id;
            }
            index = index + 1 == size ? 0 : index + 1;
        }
        throw fault("list of more descriptors than the driver has; it begins at", first);
    }

    /** The entries follow each other, and only VIRTQ_DESC_F_WRITE counts. */
    private void copyIndirect(DescriptorChain chain) throws VirtqueueException, GuestMemoryException {
        int entries = openIndirect();
        for (int i = 0; i < entries; i++) {
            table.seek(i);
            visit();
            append(chain, (table.le16(PvirtqDesc.FLAGS) & VIRTQ_DESC_F_WRITE) != 0);
        }
    }

    private void checkIndirect(int flags, boolean allowed, int slots) throws VirtqueueException {
        if (!allowed) {
            throw fault("indirect descriptor, not negotiated; flags", flags);
        }
        if (slots > 1 || (flags & VIRTQ_DESC_F_NEXT) != 0) {
            throw fault("indirect descriptor in a list; flags", flags);
        }
    }
}
