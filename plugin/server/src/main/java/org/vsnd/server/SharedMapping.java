// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.Comparator;
import org.vsnd.nativebind.libc.MappedFile;

/** A mapped piece of one file, and how many {@link MemoryRegion}s use it. Device thread only. */
final class SharedMapping {
    /**
     * The file, and where the piece begins in it.
     *
     * @param device the file's {@code st_dev}
     * @param inode the file's {@code st_ino}
     * @param writable whether stores are possible
     * @param startOffset first byte mapped
     */
    record Place(long device, long inode, boolean writable, long startOffset) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparingLong(Place::device)
                .thenComparingLong(Place::inode)
                .thenComparing(Place::writable)
                .thenComparingLong(Place::startOffset);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }

        Place at(long offset) {
            return new Place(device, inode, writable, offset);
        }

        /** Whether the other is of the same file and with the same access. */
        boolean sameFile(Place other) {
            return device == other.device && inode == other.inode && writable == other.writable;
        }
    }

    private Place place;
    private MappedFile file;
    private int users;

    SharedMapping(Place place, MappedFile file) {
        this.place = place;
        this.file = file;
    }

    MappedFile file() {
        return file;
    }

    Place place() {
        return place;
    }

    /** First byte of the file that is mapped. */
    long startOffset() {
        return place.startOffset();
    }

    /** First byte of the file after what is mapped. */
    long endOffset() {
        return place.startOffset() + file.lengthBytes();
    }

    /** Replaces the mapping by a larger one. */
    void replace(Place larger, MappedFile file) {
        this.file.close();
        this.file = file;
        place = larger;
    }

    void acquire() {
        users++;
    }

    /** Returns whether it is no longer used. */
    boolean release() {
        users--;
        return users == 0;
    }
}
