// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.vsnd.spi.GuestMemoryException;

/**
 * Keeps a record of the lists of descriptors that a packed queue has taken and not given back, so that the queue's next life, perhaps
 * in another process, can take them again: in the ring itself used descriptors overwrite them. Device thread only; allocates
 * nothing.
 */
public interface ListTracker {
    /** Keeps none. */
    ListTracker NONE = new ListTracker() {
        @Override
        public void descriptor(int place, long address, int length, int id, int flags) {}

        @Override
        public void taken(int id) {}

        @Override
        public void givesBack(int id, int used) {}

        @Override
        public void gaveBack(int id) {}
    };

    /**
     * A descriptor was read from the ring, as the driver has written it.
     *
     * @param place of it in its list, from 0 on; a list whose end is not told by {@link #taken} is not taken
     */
    void descriptor(int place, long address, int length, int id, int flags) throws GuestMemoryException;

    /** The list whose descriptors have been told, the last of which has this buffer ID, has been taken. */
    void taken(int id) throws GuestMemoryException;

    /**
     * The list with this buffer ID is about to be used: the flags of its used descriptor come next.
     *
     * @param used the place after that, as {@link PackedLife} has places
     */
    void givesBack(int id, int used) throws GuestMemoryException;

    /** The driver has the list with this buffer ID back. */
    void gaveBack(int id) throws GuestMemoryException;
}
