// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.file.Path;
import org.vsnd.nativebind.libc.UnixServerSocket;

/** Where clients connect: a socket that a {@link DeviceServer} makes itself, or one that it was given. */
public sealed interface Endpoint permits SocketFile, InheritedSocket {
    /**
     * A socket of a {@link DeviceServer}'s own, which is gone with it.
     *
     * @param path at most 107 bytes; a socket on which nothing listens is replaced, anything else is an error
     * @param access who may connect
     */
    static Endpoint file(Path path, SocketAccess access) {
        return new SocketFile(path, access);
    }

    /**
     * A Unix socket that listens already, as systemd hands it over. Its file stays when the server ends.
     *
     * @param fd the descriptor, not negative; a server takes it over
     * @throws ServerException if it is anything else; a sentence for the operator
     */
    static Endpoint inherited(int fd) throws ServerException {
        return InheritedSocket.of(fd);
    }

    /** The name that clients know; it begins with {@code @} if it is not in the file system. */
    Path path();

    /**
     * The socket, which listens; clients need not find it yet.
     *
     * @throws ServerException a sentence for the operator
     */
    UnixServerSocket open() throws ServerException;

    /**
     * Lets clients find it.
     *
     * @throws ServerException a sentence for the operator
     */
    void publish(UnixServerSocket socket) throws ServerException;

    /** Whether the socket's file is made by this process. */
    default boolean makesItsFile() {
        return this instanceof SocketFile;
    }
}
