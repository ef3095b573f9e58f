// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What {@code statx} says about a file. Unlike {@code struct stat}, it has one layout for all
 * machines.
 *
 * @param device {@code st_dev}
 * @param inode {@code st_ino}
 * @param mode type and permission bits
 * @param sizeBytes length
 * @param pageBytes alignment for mapped pieces of it: a power of two, at least 4096; a huge page where the file
 *     consists of those
 */
public record FileStatus(long device, long inode, int mode, long sizeBytes, long pageBytes) {
    private static final int STX_BLKSIZE = 4; // le32
    private static final int STX_MODE = 28; // le16
    private static final int STX_INO = 32; // le64
    private static final int STX_SIZE = 40; // le64
    private static final int STX_DEV_MAJOR = 136; // le32
    private static final int STX_DEV_MINOR = 140; // le32
    private static final int STATX_LENGTH = 256;

    private static final long SMALLEST_PAGE = 4096;

    /** Per thread, so that not every call allocates memory outside the heap. */
    private static final ThreadLocal<NativeBuffer> BUFFER =
            ThreadLocal.withInitial(() -> new NativeBuffer(STATX_LENGTH));

    private static final int S_IFMT = 0xf000;
    private static final int S_IFSOCK = 0xc000;
    private static final int S_IFREG = 0x8000;

    /** The file behind a descriptor. */
    public static FileStatus of(int fd) throws ErrnoException {
        return statx(fd, new byte[1], LibC.AT_EMPTY_PATH, "file descriptor " + fd);
    }

    /** The file of that name; symbolic links are not followed. */
    public static FileStatus of(Path path) throws ErrnoException {
        return statx(LibC.AT_FDCWD, SocketAddress.cString(path), LibC.AT_SYMLINK_NOFOLLOW, path.toString());
    }

    private static FileStatus statx(int dirfd, byte[] path, int flags, String what) throws ErrnoException {
        NativeBuffer buffer = BUFFER.get();
        if (LibC.statx(dirfd, path, flags, LibC.STATX_BASIC_STATS, buffer.address()) != 0) {
            throw ErrnoException.last(what);
        }
        ByteBuffer b = buffer.bytes();
        long device = (long) b.getInt(STX_DEV_MAJOR) << 32 | Integer.toUnsignedLong(b.getInt(STX_DEV_MINOR));
        long block = Integer.toUnsignedLong(b.getInt(STX_BLKSIZE));
        return new FileStatus(
                device,
                b.getLong(STX_INO),
                Short.toUnsignedInt(b.getShort(STX_MODE)),
                b.getLong(STX_SIZE),
                Long.bitCount(block) == 1 ? Math.max(SMALLEST_PAGE, block) : SMALLEST_PAGE);
    }

    /** Whether it is a socket's name. */
    public boolean isSocket() {
        return (mode & S_IFMT) == S_IFSOCK;
    }

    /** Whether it is a regular file; a memfd is one. */
    public boolean isRegularFile() {
        return (mode & S_IFMT) == S_IFREG;
    }

    /** Whether the other is the same file. */
    public boolean sameFile(FileStatus other) {
        return device == other.device && inode == other.inode;
    }
}
