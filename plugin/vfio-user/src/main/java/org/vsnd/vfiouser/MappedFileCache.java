package org.vsnd.vfiouser;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.FileStatus;
import org.vsnd.nativebind.libc.MappedFile;

/**
 * The guest's memory files, each mapped once and whole: firmware splits and joins ranges of the same file many times, and
 * huge pages refuse the offsets it uses. Device thread only.
 */
final class MappedFileCache {
    private final List<SharedMapping> mappings = new ArrayList<>();

    /**
     * The mapping for a range of a file; to be given back with {@link #release}.
     *
     * @param fd the file, still the caller's
     * @param offset first byte of the range, unsigned
     * @param size bytes, unsigned
     * @param writable whether stores are wanted; a file that cannot be written is mapped for reading
     * @throws ErrnoException if there is no such range or no way to map it
     */
    SharedMapping acquire(int fd, long offset, long size, boolean writable) throws ErrnoException {
        FileStatus status = FileStatus.of(fd);
        long end = offset + size;
        if (offset < 0 || size < 0 || end < 0 || end > status.sizeBytes()) {
            throw new ErrnoException(
                    String.format("map bytes 0x%x to 0x%x of a file that has 0x%x", offset, end, status.sizeBytes()),
                    Errno.EINVAL);
        }
        for (SharedMapping mapping : mappings) {
            if (mapping.serves(status, end, writable)) {
                mapping.acquire();
                return mapping;
            }
        }
        FileDescriptors.sealAgainstShrinking(fd);
        SharedMapping mapping = new SharedMapping(status, map(fd, status.sizeBytes(), writable));
        mapping.acquire();
        mappings.add(mapping);
        return mapping;
    }

    private static MappedFile map(int fd, long length, boolean writable) throws ErrnoException {
        try {
            return MappedFile.map(fd, length, writable);
        } catch (ErrnoException e) {
            if (writable && (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM)) {
                return MappedFile.map(fd, length, false);
            }
            throw e;
        }
    }

    /** Gives a mapping back; the last to do so unmaps the file. */
    void release(SharedMapping mapping) {
        if (mapping.release()) {
            mappings.remove(mapping);
            mapping.file().close();
        }
    }

    int size() {
        return mappings.size();
    }
}
