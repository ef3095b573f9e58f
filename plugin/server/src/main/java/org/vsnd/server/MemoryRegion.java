// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.MappedFile;

/**
 * A range of guest-physical addresses the client has announced.
 *
 * @param start first address, unsigned
 * @param size bytes, unsigned, at least 1, not beyond the last address
 * @param readable whether the device may load from it
 * @param writable whether the device may store to it
 * @param share the file behind it, or null for memory that the device cannot reach (firmware ROM, frame buffer)
 * @param fileOffset offset of the first address in the file
 */
record MemoryRegion(
        long start,
        long size,
        boolean readable,
        boolean writable,
        @Nullable SharedMapping share,
        long fileOffset) {
    /** Last address. */
    long last() {
        return start + size - 1;
    }

    boolean contains(long address) {
        return Long.compareUnsigned(address - start, size) < 0;
    }

    /** The file to load from, or null if the device may not or cannot load. */
    @Nullable
    MappedFile toLoadFrom() {
        return share != null && readable ? share.file() : null;
    }

    /** The file to store to, or null if the device may not or cannot store. */
    @Nullable
    MappedFile toStoreTo() {
        return share != null && writable && share.file().writable() ? share.file() : null;
    }

    /** Where an address is in the mapped piece of the file. */
    long offsetOf(long address) {
        return share == null ? 0 : fileOffset - share.startOffset() + (address - start);
    }

    /** Bytes of at most {@code wanted} that lie in this range from {@code address} on. */
    int clip(long address, int wanted) {
        long left = last() - address; // one less than the number of bytes: 2^64 would not fit
        return Long.compareUnsigned(left, wanted - 1L) < 0 ? (int) (left + 1) : wanted;
    }
}
