// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.GuestMemory;

/**
 * A piece of a file that is shared with others, beside the guest's memory: its first byte has address 0. Device thread
 * only.
 */
public final class SharedArea {
    private final AnnouncedMemory announced;
    private final GuestMemory memory;
    private long size;

    SharedArea(GuestFiles files) {
        MemoryTable table = new MemoryTable();
        announced = new AnnouncedMemory(table, files, 1);
        memory = new MappedMemory(table, new UnsharedMemoryDetector());
    }

    /** An area in a file of the operator's, or of one's own, which may be of any kind. */
    public static SharedArea ofOwnFile() {
        return new SharedArea(new GuestFiles(new ClientRules(CardBudget.STANDARD, true)));
    }

    /** The bytes of the area; while nothing is mapped there are none. */
    public GuestMemory memory() {
        return memory;
    }

    /** Bytes of it. */
    public long size() {
        return size;
    }

    /**
     * Maps another piece instead.
     *
     * @param fd the file, still the caller's, open for reading and writing
     * @param offset where the piece begins in the file
     * @param bytes of the piece
     * @throws ErrnoException if it cannot be mapped, or not within the budget; then nothing is mapped
     */
    public void map(int fd, long offset, long bytes) throws ErrnoException {
        unmap();
        announced.add(0, bytes, true, true, fd, offset);
        size = bytes;
    }

    /** Maps nothing any more. */
    public void unmap() {
        announced.removeAll();
        size = 0;
    }
}
