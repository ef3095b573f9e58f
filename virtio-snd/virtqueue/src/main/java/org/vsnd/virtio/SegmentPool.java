// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.jspecify.annotations.Nullable;

/**
 * The segments of all chains of a queue. Chains may share their descriptors, so a ring of a few hundred could make the
 * device hold hundreds of thousands: beyond a number that no driver needs, a chain is <em>in excess</em>, and its
 * holder gives it back at once. Blocks are kept when a chain is given back, so there are never more than were in use at
 * a time.
 *
 * <p>Device thread only.
 */
final class SegmentPool {
    private final int most;
    private @Nullable SegmentBlock unused;
    private int made;
    private int used;

    /** @param most segments, rounded up to blocks for each chain, of all chains that are not in excess */
    SegmentPool(int most) {
        this.most = most;
    }

    /** Makes sure that this many blocks exist, so that they need not be made later. */
    void reserve(int blocks) {
        while (made < blocks) {
            SegmentBlock block = new SegmentBlock();
            made++;
            block.next = unused;
            unused = block;
        }
    }

    SegmentBlock take() {
        used++;
        SegmentBlock block = unused;
        if (block == null) {
            made++;
            return new SegmentBlock();
        }
        unused = block.next;
        block.next = null;
        return block;
    }

    /** Gives back a chain's blocks, which are linked from the first to the last. */
    void give(SegmentBlock first, SegmentBlock last, int blocks) {
        used -= blocks;
        last.next = unused;
        unused = first;
    }

    /** Takes over blocks of another pool that stay with their chain. */
    void adopt(int blocks) {
        used += blocks;
        made += blocks;
    }

    /** Segments that the chains have room for. */
    int used() {
        return used * SegmentBlock.LENGTH;
    }

    /** Whether that is more than allowed. */
    boolean exceeded() {
        return used() > most;
    }
}
