// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Operations on any file descriptor. */
public final class FileDescriptors {
    private static final byte[] EVENT_FD = "anon_inode:[eventfd]".getBytes(StandardCharsets.US_ASCII);

    /** The number of kcmp: the two architectures differ. */
    private static final long KCMP = "aarch64".equals(System.getProperty("os.arch")) ? 272 : 312;

    private static final int KCMP_FILE = 0;

    /** The number of pidfd_open on either architecture. */
    private static final long PIDFD_OPEN = 434;

    private FileDescriptors() {}

    /** Opens a file or folder for reading; the caller closes it. */
    public static int open(Path path) throws ErrnoException {
        return open(path, LibC.O_RDONLY);
    }

    /** Opens a file that is there for reading and writing; the caller closes it. */
    public static int openForUpdate(Path path) throws ErrnoException {
        return open(path, LibC.O_RDWR);
    }

    /** Opens a folder as a place for names; it need not be readable. The caller closes it. */
    public static int openPlace(Path folder) throws ErrnoException {
        return open(folder, LibC.O_PATH);
    }

    private static int open(Path path, int flags) throws ErrnoException {
        int fd = LibC.open(SocketAddress.cString(path), flags | LibC.O_CLOEXEC);
        if (fd < 0) {
            throw ErrnoException.last("open " + path);
        }
        return fd;
    }

    /** Closes it; an error is ignored. */
    public static void close(int fd) {
        LibC.close(fd);
    }

    /** A second descriptor for the same open file. */
    public static int duplicate(int fd) throws ErrnoException {
        int copy = LibC.fcntl(fd, LibC.F_DUPFD_CLOEXEC, 0);
        if (copy < 0) {
            throw ErrnoException.last("duplicate a file descriptor");
        }
        return copy;
    }

    /** Where in the file the next read or write begins, of all who share the open file. */
    public static long position(int fd) throws ErrnoException {
        long position = LibC.lseek(fd, 0, LibC.SEEK_CUR);
        if (position < 0) {
            throw ErrnoException.last("lseek");
        }
        return position;
    }

    /** Makes reads and writes return at once. Affects all who share the open file. */
    public static void setNonBlocking(int fd) {
        int flags = LibC.fcntl(fd, LibC.F_GETFL, 0);
        if (flags >= 0 && (flags & LibC.O_NONBLOCK) == 0) {
            LibC.fcntl(fd, LibC.F_SETFL, flags | LibC.O_NONBLOCK);
        }
    }

    /** Keeps it from programs that this process starts. */
    public static void setCloseOnExec(int fd) {
        LibC.fcntl(fd, LibC.F_SETFD, LibC.FD_CLOEXEC);
    }

    /** Whether it is an eventfd. Only the kernel can give a file the name that says so. */
    public static boolean isEventFd(int fd) {
        byte[] link = ("/proc/self/fd/" + fd + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] name = new byte[EVENT_FD.length + 1]; // one more, so that a longer name is noticed
        return LibC.readlink(link, name, name.length) == EVENT_FD.length
                && Arrays.equals(name, 0, EVENT_FD.length, EVENT_FD, 0, EVENT_FD.length);
    }

    /**
     * Whether it is a file in memory: a memfd, or a file of tmpfs or hugetlbfs, whose pages come from the kernel alone.
     * Pages of any other file come from a disk, a server or a program, and may never arrive.
     *
     * <p>This is determined from its seals, which only those files have, and which the kernel answers by itself: a
     * query for the file system ({@code fstatfs}) could itself wait for a server.
     */
    public static boolean isMemoryFile(int fd) {
        return LibC.fcntl(fd, LibC.F_GET_SEALS, 0) >= 0;
    }

    /**
     * Seals the memory file against shortening.
     *
     * @return whether it is sealed; false if the file takes no seals (not a memfd, or made without sealing)
     */
    public static boolean sealAgainstShrinking(int fd) {
        int seals = LibC.fcntl(fd, LibC.F_GET_SEALS, 0);
        if (seals < 0) {
            return false;
        }
        return (seals & LibC.F_SEAL_SHRINK) != 0
                || ((seals & LibC.F_SEAL_SEAL) == 0 && LibC.fcntl(fd, LibC.F_ADD_SEALS, LibC.F_SEAL_SHRINK) == 0);
    }

    /**
     * Whether two descriptors are copies of one another: the same open file, not only the same file. False if the kernel does not
     * tell.
     */
    public static boolean sameOpenFile(int one, int other) {
        int pid = LibC.getpid();
        return LibC.syscall(KCMP, pid, pid, KCMP_FILE, one, other) == 0;
    }

    /** A descriptor that is ready for reading when a process has ended; the caller closes it. */
    public static int ofProcess(long pid) throws ErrnoException {
        int fd = (int) LibC.syscall(PIDFD_OPEN, pid, 0, 0, 0, 0);
        if (fd < 0) {
            throw ErrnoException.last("watch the process " + pid);
        }
        return fd;
    }
}
