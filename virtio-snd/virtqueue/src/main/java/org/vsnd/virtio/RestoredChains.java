// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.spi.SnapshotException;

/**
 * The chains that were with the device when a snapshot was taken, from the moment their queues are read until their
 * holders have claimed them.
 */
public final class RestoredChains {
    private final Set<Integer> all = new HashSet<>();
    private final Map<Integer, DescriptorChain> unclaimed = new HashMap<>();

    /** @param done its holder is done with it, and claims it no more */
    void add(SnapshotReader in, int queue, DescriptorChain chain, boolean done) throws SnapshotException {
        int key = key(queue, chain.head());
        in.require(all.add(key), "a chain is with the device twice");
        if (!done) {
            unclaimed.put(key, chain);
        }
    }

    /**
     * Reads the head of a chain that the device held, {@link DescriptorChain#head}, as two bytes.
     *
     * @return the chain, which belongs to the caller when the snapshot takes effect
     */
    public DescriptorChain claim(SnapshotReader in, int queue) throws SnapshotException {
        DescriptorChain chain = unclaimed.remove(key(queue, in.u16("a chain's head", 0xffff)));
        if (chain == null) {
            throw in.damaged("a chain is held that is not with the device, or is held twice");
        }
        return chain;
    }

    /** Whether every chain has been claimed. */
    public boolean allClaimed() {
        return unclaimed.isEmpty();
    }

    private static int key(int queue, int head) {
        return queue << 16 | head;
    }
}
