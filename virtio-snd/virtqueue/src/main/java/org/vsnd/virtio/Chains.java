// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemory;

/**
 * The chains of one queue: an object for each that the driver can have with the device, made when the queue is enabled and
 * used again and again. Device thread only.
 */
final class Chains {
    private final int queue;
    private final GuestMemory memory;
    private final int segmentsMax;
    private final SegmentPool segments;
    /** By head, complete while the queue is enabled. An outstanding chain of an earlier life is not included. */
    private final @Nullable DescriptorChain[] byHead;

    /** Filled before its head is known. */
    private DescriptorChain spare;

    private int size;
    /** Chains taken, in all lives: their order. */
    private long taken;

    /**
     * @param sizeMax most chains
     * @param segmentsMax descriptors of all chains that are not in excess
     */
    Chains(int queue, int sizeMax, int segmentsMax, GuestMemory memory) {
        this.queue = queue;
        this.memory = memory;
        this.segmentsMax = segmentsMax;
        segments = new SegmentPool(segmentsMax);
        byHead = new DescriptorChain[sizeMax];
        spare = new DescriptorChain(segments, memory, 0);
    }

    /** Begins a life with so many heads. */
    void begin(int heads) {
        size = heads;
        segments.reserve(heads + 1); // now: a driver may use a head for the first time after minutes
        for (int head = 0; head < heads; head++) {
            if (byHead[head] == null) {
                byHead[head] = new DescriptorChain(segments, memory, head);
            }
        }
    }

    /** Ends the life: outstanding chains are abandoned. */
    void end() {
        spare.clear();
        for (int head = 0; head < byHead.length; head++) {
            DescriptorChain chain = byHead[head];
            if (chain != null && chain.isOutstanding()) {
                // Its holder may still complete it, so the object must not come back in the next life.
                chain.abandon();
                byHead[head] = null;
            } else if (chain != null) {
                chain.clear(); // it may be the one at which a poll failed
            }
        }
    }

    /**
     * The chain with this head, which must be free.
     *
     * @param head from the driver
     * @throws VirtqueueException if there is no such head, or the device has its chain
     */
    DescriptorChain free(int head) throws VirtqueueException {
        if (head >= size) {
            throw VirtqueueException.of(queue, "the driver offers a head or buffer ID out of range", head);
        }
        DescriptorChain chain = byHead[head];
        if (chain == null) {
            throw new IllegalStateException("queue " + queue + " is not enabled");
        }
        if (chain.isOutstanding()) {
            throw VirtqueueException.of(queue, "chain offered again while the device has it; head", head);
        }
        return chain;
    }

    /** A free chain for a buffer whose head is not known yet. */
    DescriptorChain spare() {
        return spare;
    }

    /** The spare one is the chain with this head, and the one that was is the spare one. */
    void fileSpare(int head) throws VirtqueueException {
        DescriptorChain filled = spare;
        spare = free(head);
        filled.head(head);
        byHead[head] = filled;
    }

    /** The device has this chain from now on. */
    void take(DescriptorChain chain) {
        chain.take(taken++);
    }

    boolean has(DescriptorChain chain) {
        return chain.isOutstanding() && byHead[chain.head()] == chain;
    }

    /** What the device has, in the order in which it was taken. Allocates. */
    List<DescriptorChain> outstanding() {
        List<DescriptorChain> held = new ArrayList<>();
        for (int head = 0; head < size; head++) {
            DescriptorChain chain = byHead[head];
            if (chain != null && chain.isOutstanding()) {
                held.add(chain);
            }
        }
        held.sort(Comparator.comparingLong(DescriptorChain::turn));
        return held;
    }

    /** A pool for chains that are loaded, with this one's limit. */
    SegmentPool poolForLoading() {
        return new SegmentPool(segmentsMax);
    }

    /** The device has this chain, which was loaded, from now on. */
    void adopt(DescriptorChain chain) {
        chain.moveTo(segments);
        chain.turn(taken++);
        byHead[chain.head()] = chain;
    }

    /** Descriptors that the device holds. Any thread; slightly out of date. */
    int segmentsHeld() {
        return segments.used();
    }
}
