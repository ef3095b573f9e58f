// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

import java.nio.ByteBuffer;

/**
 * The guest's memory by guest-physical (bus) address, an unsigned 64-bit number. Device thread only.
 *
 * <p>Access is by copy and by two ordered accessors, on purpose: some hosts keep RAM in {@code byte[]} pages, and a
 * borrowed buffer would outlive an unmap. No call allocates when it succeeds.
 */
public interface GuestMemory {
    /**
     * Copies guest memory to {@code dst}, from its position to its limit, and moves the position to the limit. Not
     * atomic. A range may cross mappings that touch.
     *
     * @throws GuestMemoryException if any byte of the range is not memory the device may read; then the content of
     *     {@code dst} between position and limit is undefined and its position unchanged
     */
    void read(long address, ByteBuffer dst) throws GuestMemoryException;

    /**
     * Copies {@code src}, from its position to its limit, to guest memory and moves the position to the limit. Not
     * atomic.
     *
     * @throws GuestMemoryException if any byte of the range is not memory the device may write; then an unspecified part
     *     has been written and the position is unchanged
     */
    void write(long address, ByteBuffer src) throws GuestMemoryException;

    /**
     * Reads a little-endian 16-bit field; every later access by this thread happens after it.
     *
     * @param address must be a multiple of 2
     * @throws GuestMemoryException if it is not readable memory, or not aligned
     */
    short loadAcquire16(long address) throws GuestMemoryException;

    /**
     * Writes a little-endian 16-bit field; every earlier access by this thread happens before it.
     *
     * @param address must be a multiple of 2
     * @throws GuestMemoryException if it is not writable memory, or not aligned
     */
    void storeRelease16(long address, short value) throws GuestMemoryException;
}
