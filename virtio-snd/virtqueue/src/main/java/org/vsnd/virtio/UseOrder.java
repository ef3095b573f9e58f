// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.jspecify.annotations.Nullable;

/**
 * The chains of a queue whose driver wants them back in the order in which it made them available, VIRTIO_F_IN_ORDER (PCI-13):
 * one that is done waits for those before it. Device thread only; allocates nothing.
 */
final class UseOrder {
    private @Nullable DescriptorChain oldest;
    private @Nullable DescriptorChain newest;

    /** The device has taken this chain after all others. */
    void taken(DescriptorChain chain) {
        chain.beNewest();
        DescriptorChain before = newest;
        if (before == null) {
            oldest = chain;
        } else {
            before.successor(chain);
        }
        newest = chain;
    }

    /** The chain whose turn it is, if the device is done with it; null: its driver gets nothing yet. */
    @Nullable
    DescriptorChain done() {
        DescriptorChain first = oldest;
        return first != null && first.isDone() ? first : null;
    }

    /** The chain whose turn it was is the driver's again. */
    void next() {
        DescriptorChain first = oldest;
        oldest = first == null ? null : first.successor();
        if (oldest == null) {
            newest = null;
        }
    }

    /** The queue was reset. */
    void forget() {
        oldest = null;
        newest = null;
    }
}
