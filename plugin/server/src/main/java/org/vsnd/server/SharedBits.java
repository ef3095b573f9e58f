// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MappedFile;

/**
 * Bits in a file of the client's, which it reads and changes at the same time: bit 0 is the lowest of the first byte. Device thread
 * only.
 */
public final class SharedBits {
    private final GuestFiles files;
    private @Nullable SharedMapping share;
    private long start;
    private long bytes;

    SharedBits(GuestFiles files) {
        this.files = files;
    }

    /**
     * Maps a piece of a file instead of the one before.
     *
     * @param fd the file, still the caller's, open for reading and writing
     * @param offset where the piece begins in the file, unsigned
     * @param size bytes of the piece, unsigned
     * @throws ErrnoException if it cannot be mapped, or not within the budget; then nothing is mapped
     */
    public void map(int fd, long offset, long size) throws ErrnoException {
        unmap();
        share = files.acquire(fd, offset, size, true);
        start = offset;
        bytes = size;
    }

    /** Maps nothing any more. */
    public void unmap() {
        if (share != null) {
            files.release(share);
            share = null;
        }
        bytes = 0;
    }

    /** Bits that there are: 0 while nothing is mapped. */
    public long count() {
        return bytes * Byte.SIZE;
    }

    /**
     * Sets a bit.
     *
     * @param bit 0 to {@link #count}
     * @return whether it was not set before
     */
    public boolean set(long bit) {
        SharedMapping mapping = share;
        if (mapping == null || !mapping.file().writable()) {
            return false;
        }
        MappedFile file = mapping.file();
        long at = start - mapping.startOffset() + bit / Byte.SIZE;
        int inByte = (int) (bit % Byte.SIZE);
        boolean isSet = (file.window(at).get(MappedFile.indexOf(at)) >> inByte & 1) != 0;
        return !isSet && file.setBit(at, inByte);
    }
}
