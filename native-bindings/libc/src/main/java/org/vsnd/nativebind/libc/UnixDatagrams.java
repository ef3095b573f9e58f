// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.charset.StandardCharsets;

/**
 * A socket for single messages between processes of this machine, which pass file descriptors. Never blocks. One thread.
 */
public final class UnixDatagrams implements AutoCloseable {
    /** Longest message that is received, bytes. */
    private static final int MOST_BYTES = 4096;

    private final SocketMessage message = new SocketMessage();
    private final NativeBuffer text = new NativeBuffer(MOST_BYTES);
    private int fd;

    private UnixDatagrams(int fd) {
        this.fd = fd;
    }

    /**
     * For sending to the socket of that name.
     *
     * @param name a path, or {@code @} and a name that is not in the file system
     */
    public static UnixDatagrams to(String name) throws ErrnoException {
        byte[] address = SocketAddress.named(name);
        UnixDatagrams made = open();
        if (LibC.connect(made.fd, address, address.length) != 0) {
            int errno = LibC.errno();
            made.close();
            throw new ErrnoException("connect to " + name, errno);
        }
        return made;
    }

    /** For receiving under that name. */
    public static UnixDatagrams at(String name) throws ErrnoException {
        byte[] address = SocketAddress.named(name);
        UnixDatagrams made = open();
        if (LibC.bind(made.fd, address, address.length) != 0) {
            int errno = LibC.errno();
            made.close();
            throw new ErrnoException("bind to " + name, errno);
        }
        return made;
    }

    private static UnixDatagrams open() throws ErrnoException {
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw ErrnoException.last("socket");
        }
        return new UnixDatagrams(fd);
    }

    /**
     * Sends a message with descriptors, which the caller keeps.
     *
     * @param fds at most {@link ReceivedFds#MAX_FDS}
     * @return false if the receiver has no room now
     * @throws ErrnoException if there is no receiver, or it may not be reached
     */
    public boolean send(String line, int... fds) throws ErrnoException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        text.bytes().put(0, bytes);
        message.toSend(text.address(), bytes.length, fds);
        if (LibC.sendmsg(fd, message.address(), LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) >= 0) {
            return true;
        }
        int errno = LibC.errno();
        if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ENOBUFS) {
            return false;
        }
        throw new ErrnoException("send to a service manager", errno);
    }

    /**
     * Receives a message.
     *
     * @param fds descriptors are added here
     * @return the message; empty if there is none now
     */
    public String receive(ReceivedFds fds) throws ErrnoException {
        message.toReceive(text.address(), MOST_BYTES);
        long n = LibC.recvmsg(fd, message.address(), LibC.MSG_DONTWAIT | LibC.MSG_CMSG_CLOEXEC);
        if (n < 0) {
            int errno = LibC.errno();
            if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
                return "";
            }
            throw new ErrnoException("receive", errno);
        }
        message.collect(fds);
        byte[] bytes = new byte[(int) n];
        text.bytes().get(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The descriptor, -1 once closed. */
    public int fd() {
        return fd;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            LibC.close(fd);
            fd = -1;
        }
    }
}
