// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A listening stream socket with a name in the file system. Made under a hidden name in the same folder, which only its
 * owner may use; it listens before {@link #publish} gives it the name that clients know. Or {@link #adopt adopted}: then it
 * listens already, and its name belongs to whoever made it. One thread.
 */
public final class UnixServerSocket implements AutoCloseable {
    private static final int OWNER_ONLY = 0600;

    private final @Nullable FileStatus name;
    private Path path;
    private int fd;

    private UnixServerSocket(Path path, int fd, @Nullable FileStatus name) {
        this.path = path;
        this.fd = fd;
        this.name = name;
    }

    /**
     * Makes the socket under a hidden name.
     *
     * @param path the name that it gets later
     * @throws IllegalArgumentException if the path has more than 107 bytes; the message is a sentence for the operator
     * @throws ErrnoException {@link Errno#ENOENT} if the folder is missing, or another error
     */
    public static UnixServerSocket prepare(Path path) throws ErrnoException {
        SocketAddress.of(path);
        String random = Integer.toHexString(ThreadLocalRandom.current().nextInt());
        Path hidden = path.resolveSibling("." + path.getFileName() + "-" + random);
        if (SocketAddress.fits(hidden)) {
            return bind(hidden, hidden);
        }
        Path folder = path.toAbsolutePath().getParent();
        Path shorter = path.resolveSibling(".vsnd-" + random);
        int folderFd = FileDescriptors.openPlace(folder == null ? path : folder);
        try {
            return bind(shorter, Path.of("/proc/self/fd", String.valueOf(folderFd), ".vsnd-" + random));
        } finally {
            FileDescriptors.close(folderFd);
        }
    }

    /**
     * Makes the socket and its name at once; clients that are too early are refused.
     *
     * @throws IllegalArgumentException if the path has more than 107 bytes; the message is a sentence for the operator
     * @throws ErrnoException {@link Errno#EADDRINUSE} if there is something of that name, {@link Errno#ENOENT} if the
     *     folder is missing, or another error
     */
    public static UnixServerSocket bind(Path path) throws ErrnoException {
        return bind(path, path);
    }

    /** @param boundAs another name of the same file, of at most 107 bytes */
    private static UnixServerSocket bind(Path path, Path boundAs) throws ErrnoException {
        byte[] address = SocketAddress.of(boundAs);
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw ErrnoException.last("socket");
        }
        // The name gets the socket's own mode (less the umask), so it is set before bind, never changed later.
        if (LibC.fchmod(fd, OWNER_ONLY) != 0 || LibC.bind(fd, address, address.length) != 0) {
            int errno = LibC.errno();
            LibC.close(fd);
            throw new ErrnoException("bind to " + path, errno);
        }
        try {
            return new UnixServerSocket(path, fd, FileStatus.of(path));
        } catch (ErrnoException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /** The name of any Unix socket; it begins with {@code @} if it is not in the file system. */
    public static Path nameOf(int fd) throws ErrnoException {
        return SocketAddress.nameOf(fd);
    }

    /**
     * Takes over a socket that another process made, and that listens.
     *
     * @param fd closed with the returned object; from now on accepting does not wait, for any process that shares it
     * @throws ErrnoException if it has no name, thus is no socket
     */
    public static UnixServerSocket adopt(int fd) throws ErrnoException {
        Path path = nameOf(fd);
        FileDescriptors.setNonBlocking(fd);
        FileDescriptors.setCloseOnExec(fd);
        return new UnixServerSocket(path, fd, null);
    }

    /** Its current name. */
    public Path path() {
        return path;
    }

    /**
     * Replaces the hidden name by the name that clients know, atomically.
     *
     * @param replace whether an existing file of that name is replaced
     * @throws ErrnoException {@link Errno#EEXIST} if there is a file of that name that is not to be replaced
     */
    public void publish(Path newPath, boolean replace) throws ErrnoException {
        byte[] from = SocketAddress.cString(path);
        byte[] to = SocketAddress.cString(newPath);
        // A link, unlike a rename, never replaces an existing file.
        if ((replace ? LibC.rename(from, to) : LibC.link(from, to)) != 0) {
            throw ErrnoException.last("name the socket " + newPath);
        }
        if (!replace) {
            LibC.unlink(from);
        }
        path = newPath;
    }

    /** Sets the name's permission bits. */
    public void setMode(int mode) throws ErrnoException {
        if (LibC.chmod(SocketAddress.cString(path), mode) != 0) {
            throw ErrnoException.last("change the mode of " + path);
        }
    }

    /** From now on clients can connect; this many may wait to be accepted. */
    public void listen(int backlog) throws ErrnoException {
        if (LibC.listen(fd, backlog) != 0) {
            throw ErrnoException.last("listen on " + path);
        }
    }

    /** Takes the next client, or null if none waits. */
    public @Nullable UnixSocket accept() throws ErrnoException {
        int client = LibC.accept4(fd, 0, 0, LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
        if (client >= 0) {
            return new UnixSocket(client);
        }
        int errno = LibC.errno();
        if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNABORTED) {
            return null;
        }
        throw new ErrnoException("accept", errno);
    }

    /** The descriptor, -1 once closed. */
    public int fd() {
        return fd;
    }

    /** Removes the name, unless it was adopted or another file has it by now, and closes the socket. */
    @Override
    public void close() {
        if (fd < 0) {
            return;
        }
        try {
            if (name != null && FileStatus.of(path).sameFile(name)) {
                LibC.unlink(SocketAddress.cString(path));
            }
        } catch (ErrnoException e) {
            // Already gone, as intended.
        }
        LibC.close(fd);
        fd = -1;
    }
}
