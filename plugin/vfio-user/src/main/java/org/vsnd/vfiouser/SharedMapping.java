package org.vsnd.vfiouser;

import org.vsnd.nativebind.libc.FileStatus;
import org.vsnd.nativebind.libc.MappedFile;

/** One mapped file and how many {@link DmaRegion}s use it. */
final class SharedMapping {
    private final FileStatus status;
    private final MappedFile file;
    private int users;

    SharedMapping(FileStatus status, MappedFile file) {
        this.status = status;
        this.file = file;
    }

    MappedFile file() {
        return file;
    }

    /** Whether it serves for a range that ends at {@code endOffset} of the file. */
    boolean serves(FileStatus other, long endOffset, boolean writable) {
        return status.sameFile(other) && endOffset <= file.lengthBytes() && (file.writable() || !writable);
    }

    void acquire() {
        users++;
    }

    /** Returns whether nobody uses it any more. */
    boolean release() {
        users--;
        return users == 0;
    }
}
