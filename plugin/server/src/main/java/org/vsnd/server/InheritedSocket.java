// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.file.Path;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.SocketKind;
import org.vsnd.nativebind.libc.UnixServerSocket;

/** A listening socket of another process, by its descriptor. Whatever else the descriptor is has its sentence. */
record InheritedSocket(int fd, Path path) implements Endpoint {
    static InheritedSocket of(int fd) throws ServerException {
        try {
            SocketKind kind = SocketKind.of(fd);
            if (!kind.unix()) {
                throw wrong(fd, "is a network socket, but clients hand over memory: give ListenStream= a path");
            }
            if (!kind.stream()) {
                throw wrong(fd, "is a socket without streams: use ListenStream=");
            }
            if (!kind.listening()) {
                throw wrong(fd, "is a socket that does not listen: use Accept=no");
            }
            return new InheritedSocket(fd, UnixServerSocket.nameOf(fd));
        } catch (ErrnoException e) {
            throw switch (e.errno()) {
                case Errno.EBADF -> wrong(fd, "is not open: whoever starts vsnd must leave it open");
                case Errno.ENOTSOCK -> wrong(fd, "is not a socket: give that of a Unix socket that listens");
                default -> new ServerException("cannot use " + e.getMessage(), e);
            };
        }
    }

    private static ServerException wrong(int fd, String why) {
        return new ServerException("descriptor " + fd + " " + why);
    }

    @Override
    public UnixServerSocket open() throws ServerException {
        try {
            return UnixServerSocket.adopt(fd);
        } catch (ErrnoException e) {
            throw new ServerException("cannot use " + e.getMessage(), e);
        }
    }

    @Override
    public void publish(UnixServerSocket socket) {
        // clients know it already, and may be waiting
    }
}
