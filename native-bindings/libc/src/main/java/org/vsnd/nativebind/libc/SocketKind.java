// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

/**
 * What the kernel says about a socket.
 *
 * @param unix whether it connects processes of this machine
 * @param stream whether it has connections that carry streams of bytes
 * @param listening whether it takes connections
 */
public record SocketKind(boolean unix, boolean stream, boolean listening) {
    /**
     * The kind of the socket behind a descriptor.
     *
     * @throws ErrnoException {@link Errno#EBADF} if the descriptor is not open, {@link Errno#ENOTSOCK} if it is no socket
     */
    public static SocketKind of(int fd) throws ErrnoException {
        return new SocketKind(
                option(fd, LibC.SO_DOMAIN) == LibC.AF_UNIX,
                option(fd, LibC.SO_TYPE) == LibC.SOCK_STREAM,
                option(fd, LibC.SO_ACCEPTCONN) != 0);
    }

    private static int option(int fd, int name) throws ErrnoException {
        NativeBuffer value = new NativeBuffer(Integer.BYTES);
        NativeBuffer length = new NativeBuffer(Integer.BYTES);
        length.bytes().putInt(0, Integer.BYTES);
        if (LibC.getsockopt(fd, LibC.SOL_SOCKET, name, value.address(), length.address()) != 0) {
            throw ErrnoException.last("descriptor " + fd);
        }
        return value.bytes().getInt(0);
    }
}
