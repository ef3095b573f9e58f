// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.vsnd.spi.GuestMemoryException;

/**
 * Keeps a record of the chains that a queue has taken and not given back, so that the queue's next life, perhaps in another
 * process, can take them again. Device thread only; allocates nothing.
 */
public interface ChainTracker {
    /** Keeps none. */
    ChainTracker NONE = new ChainTracker() {
        @Override
        public void taken(int head) {}

        @Override
        public void givesBack(int head) {}

        @Override
        public void gaveBack(int head, int usedIdx) {}
    };

    /** A chain has been taken from the available ring. */
    void taken(int head) throws GuestMemoryException;

    /** A chain is in the used ring; the used index comes next. */
    void givesBack(int head) throws GuestMemoryException;

    /** The used index has this value now. */
    void gaveBack(int head, int usedIdx) throws GuestMemoryException;
}
