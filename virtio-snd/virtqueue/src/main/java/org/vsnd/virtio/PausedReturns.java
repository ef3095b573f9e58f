// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a queue is paused, and what its device gives back meanwhile: that waits until the queue proceeds, since the ring must
 * not change. Device thread only; allocates only while the queue is paused.
 */
final class PausedReturns {
    /**
     * A chain that is done.
     *
     * @param usedBytes bytes written to it
     */
    record Return(DescriptorChain chain, long usedBytes) {}

    private final List<Return> waiting = new ArrayList<>();
    private boolean paused;

    boolean paused() {
        return paused;
    }

    void begin() {
        paused = true;
    }

    /** Adds one, if the queue is paused; returns whether it is. */
    boolean add(DescriptorChain chain, long usedBytes) {
        if (paused && chain.isOutstanding()) {
            waiting.add(new Return(chain, usedBytes));
        }
        return paused;
    }

    /** What waits, in order. */
    List<Return> waiting() {
        return List.copyOf(waiting);
    }

    /** The pause is over, and nothing waits any more. */
    void end() {
        paused = false;
        waiting.clear();
    }
}
