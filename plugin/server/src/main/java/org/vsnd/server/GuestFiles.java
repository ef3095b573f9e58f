// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.FileStatus;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.spi.CardBudget.Limit;

/**
 * The mapped pieces of the guest's memory files: only what the client's ranges need, since the kernel counts
 * mappings and address space for the whole process. Ranges that overlap or follow each other in one file share a mapping,
 * which grows with them. Device thread only.
 */
final class GuestFiles {
    private final TreeMap<SharedMapping.Place, SharedMapping> mappings = new TreeMap<>();
    private final ClientRules rules;
    private long mappedBytes;

    GuestFiles(ClientRules rules) {
        this.rules = rules;
    }

    /** Number of mappings. */
    int size() {
        return mappings.size();
    }

    /** Bytes of address space that the mappings take. */
    long mappedBytes() {
        return mappedBytes;
    }

    /**
     * The mapping for a range of a file, which must be given back with {@link #release}.
     *
     * @param fd the file, still the caller's
     * @param offset first byte of the range, unsigned
     * @param size bytes, unsigned
     * @param writable whether stores are wanted; a file that cannot be written is mapped for reading
     * @throws ErrnoException if there is no such range, if it cannot be mapped, or if it is more than the budget allows
     */
    SharedMapping acquire(int fd, long offset, long size, boolean writable) throws ErrnoException {
        if (!rules.anyMemoryFile() && !FileDescriptors.isMemoryFile(fd)) {
            throw new ErrnoException(
                    "it is not in memory (a memfd, tmpfs or hugetlbfs); only --any-memory-file allows other files",
                    Errno.EACCES);
        }
        FileStatus status = FileStatus.of(fd);
        long end = offset + size;
        long page = status.pageBytes();
        if (offset < 0
                || size < 0
                || end < 0
                || end > Long.MAX_VALUE - page // rounding up to the page would overflow
                || end > status.sizeBytes()
                || !status.isRegularFile()) {
            throw new ErrnoException(
                    String.format("map bytes 0x%x to 0x%x of a file that has 0x%x", offset, end, status.sizeBytes()),
                    Errno.EINVAL);
        }
        if (size > rules.budget().most(Limit.MAPPED_BYTES)) {
            throw overBudget(Limit.MAPPED_BYTES, Errno.ENOMEM);
        }
        SharedMapping mapping = findWritableOr(fd, status, writable, offset & -page, (end + page - 1) & -page);
        mapping.acquire();
        return mapping;
    }

    private SharedMapping findWritableOr(int fd, FileStatus status, boolean writable, long start, long end)
            throws ErrnoException {
        try {
            return find(fd, status, writable, start, end);
        } catch (ErrnoException e) {
            if (writable && (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM)) {
                return find(fd, status, false, start, end);
            }
            throw e;
        }
    }

    private SharedMapping find(int fd, FileStatus status, boolean writable, long start, long end)
            throws ErrnoException {
        var place = new SharedMapping.Place(status.device(), status.inode(), writable, start);
        SharedMapping before = neighbour(mappings.floorEntry(place), place);
        if (before != null && before.endOffset() >= end) {
            return before;
        }
        if (before != null && before.endOffset() >= start) {
            grow(before, fd, before.startOffset(), end);
            return before;
        }
        SharedMapping after = neighbour(mappings.ceilingEntry(place), place);
        if (after != null && after.startOffset() <= end) {
            grow(after, fd, start, Math.max(end, after.endOffset()));
            return after;
        }
        return add(fd, place, end);
    }

    private static @Nullable SharedMapping neighbour(
            Map.@Nullable Entry<SharedMapping.Place, SharedMapping> entry, SharedMapping.Place place) {
        return entry != null && entry.getKey().sameFile(place) ? entry.getValue() : null;
    }

    private SharedMapping add(int fd, SharedMapping.Place place, long end) throws ErrnoException {
        if (mappings.size() >= rules.budget().most(Limit.MAPPINGS)) {
            throw overBudget(Limit.MAPPINGS, Errno.ENOSPC);
        }
        checkBytes(end - place.startOffset());
        FileDescriptors.sealAgainstShrinking(fd);
        MappedFile file = MappedFile.map(fd, place.startOffset(), end - place.startOffset(), place.writable());
        boolean kept = false;
        try {
            SharedMapping mapping = new SharedMapping(place, file);
            mappings.put(place, mapping);
            kept = true;
            mappedBytes += file.lengthBytes();
            return mapping;
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    /** Maps more of the file for all that share it; nothing changes if that is not possible. */
    private void grow(SharedMapping mapping, int fd, long start, long end) throws ErrnoException {
        long before = mapping.file().lengthBytes();
        checkBytes(end - start - before);
        SharedMapping.Place old = mapping.place();
        SharedMapping.Place place = old.at(start);
        MappedFile larger = MappedFile.map(fd, start, end - start, place.writable());
        boolean kept = false;
        try {
            mappings.put(place, mapping); // first, since it may need memory; what follows does not
            kept = true;
        } finally {
            if (!kept) {
                larger.close();
            }
        }
        if (!place.equals(old)) {
            mappings.remove(old);
        }
        mapping.replace(place, larger);
        mappedBytes += larger.lengthBytes() - before;
    }

    private void checkBytes(long more) throws ErrnoException {
        if (mappedBytes + more > rules.budget().most(Limit.MAPPED_BYTES)) {
            throw overBudget(Limit.MAPPED_BYTES, Errno.ENOMEM);
        }
    }

    private ErrnoException overBudget(Limit limit, int errno) {
        return new ErrnoException("over the card's budget of " + rules.budget().most(limit) + " " + limit, errno);
    }

    /** Gives a mapping back; the last user ends it. */
    void release(SharedMapping mapping) {
        if (mapping.release()) {
            mappings.remove(mapping.place());
            mappedBytes -= mapping.file().lengthBytes();
            mapping.file().close();
        }
    }

    /** Ends all mappings, including those that an error in the middle of a command has left without a user. */
    void clear() {
        for (SharedMapping mapping : mappings.values()) {
            mapping.file().close();
        }
        mappings.clear();
        mappedBytes = 0;
    }
}
