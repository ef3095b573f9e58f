package org.vsnd.nativebind.libc;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A listening stream socket with a name in the file system. The name appears with mode 0600, whatever the process's
 * umask, and is nobody's to connect to before {@link #listen}. One thread.
 */
public final class UnixServerSocket implements AutoCloseable {
    private static final int OWNER_ONLY = 0600;

    private final Path path;
    private final FileStatus name;
    private int fd;

    private UnixServerSocket(Path path, int fd, FileStatus name) {
        this.path = path;
        this.fd = fd;
        this.name = name;
    }

    /**
     * Makes the socket and its name.
     *
     * @throws IllegalArgumentException with a sentence if the path has more than 107 bytes
     * @throws ErrnoException {@link Errno#EADDRINUSE} if there is something of that name, {@link Errno#ENOENT} if the
     *     folder is missing, or another reason
     */
    public static UnixServerSocket bind(Path path) throws ErrnoException {
        byte[] address = SocketAddress.of(path);
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw ErrnoException.last("socket");
        }
        // The name gets the socket's own mode (less the umask): set before bind, there is no moment with another one.
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

    /** Sets the name's permission bits. */
    public void setMode(int mode) throws ErrnoException {
        if (LibC.chmod(SocketAddress.cString(path), mode) != 0) {
            throw ErrnoException.last("change the mode of " + path);
        }
    }

    /** From now on clients can connect; so many may wait to be accepted. */
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

    /** Removes the name, unless somebody has put another file there, and closes the socket. */
    @Override
    public void close() {
        if (fd < 0) {
            return;
        }
        try {
            if (FileStatus.of(path).sameFile(name)) {
                LibC.unlink(SocketAddress.cString(path));
            }
        } catch (ErrnoException e) {
            // Already gone: what was wanted.
        }
        LibC.close(fd);
        fd = -1;
    }
}
