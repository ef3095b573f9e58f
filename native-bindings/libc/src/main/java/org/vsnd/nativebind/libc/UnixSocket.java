// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.file.Path;

/**
 * A connected stream socket that passes file descriptors. Never blocks: what cannot be done now returns
 * {@link #WOULD_BLOCK}; a {@link Poller} tells when to try again. One thread, except {@link #shutdown()}; sending and
 * receiving allocate nothing.
 */
public final class UnixSocket implements AutoCloseable {
    /** Nothing could be sent or received now. */
    public static final int WOULD_BLOCK = -1;
    /** The other side has closed or is gone. */
    public static final int DISCONNECTED = -2;

    private final SocketMessage message = new SocketMessage();
    private int fd;
    /** Receiving leaves everything where it is. */
    private int peek;

    UnixSocket(int fd) {
        this.fd = fd;
    }

    /** Connects to the socket of that name. */
    public static UnixSocket connect(Path path) throws ErrnoException {
        byte[] address = SocketAddress.of(path);
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw ErrnoException.last("socket");
        }
        if (LibC.connect(fd, address, address.length) != 0) {
            int errno = LibC.errno();
            LibC.close(fd);
            throw new ErrnoException("connect to " + path, errno);
        }
        return new UnixSocket(fd);
    }

    /** A connection that another process has made; closed with the returned object. */
    public static UnixSocket adopt(int fd) {
        FileDescriptors.setNonBlocking(fd);
        FileDescriptors.setCloseOnExec(fd);
        return new UnixSocket(fd);
    }

    /**
     * From now on {@link #receive} only looks: each call goes on where the last one has ended, and all that was looked at
     * stays in the socket until it is {@link #discard discarded}. The first look begins with what is oldest.
     */
    public void peek() throws ErrnoException {
        NativeBuffer zero = new NativeBuffer(Integer.BYTES);
        if (LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_PEEK_OFF, zero.address(), Integer.BYTES) != 0) {
            throw ErrnoException.last("look into a socket");
        }
        peek = LibC.MSG_PEEK;
    }

    /**
     * Removes bytes that were looked at, and the descriptors that came with them.
     *
     * @param scratch is overwritten
     * @param length of those that were looked at
     * @return how many descriptors came with them
     */
    public int discard(NativeBuffer scratch, int length) throws ErrnoException {
        ReceivedFds fds = new ReceivedFds();
        int looking = peek;
        peek = 0;
        try {
            int left = length;
            while (left > 0) {
                int n = receive(scratch, 0, Math.min(left, scratch.capacity()), fds);
                if (n < 0) {
                    throw new ErrnoException("receive what was seen", Errno.ECONNRESET);
                }
                left -= n;
            }
            return fds.count();
        } finally {
            peek = looking;
            fds.closeAll();
        }
    }

    /**
     * Receives up to {@code length} bytes; descriptors that come with them are closed.
     *
     * @return bytes received, {@link #WOULD_BLOCK} or {@link #DISCONNECTED}
     */
    public int receive(NativeBuffer dst, int offset, int length) throws ErrnoException {
        checkRange(dst, offset, length);
        long n;
        do {
            n = LibC.recv(fd, dst.address() + offset, length, LibC.MSG_DONTWAIT | peek);
        } while (n < 0 && LibC.errno() == Errno.EINTR);
        return n == 0 ? DISCONNECTED : result(n, "receive");
    }

    /**
     * Receives up to {@code length} bytes and the descriptors that came with the first of them.
     *
     * @param fds descriptors are added here
     * @return bytes received, {@link #WOULD_BLOCK} or {@link #DISCONNECTED}
     */
    public int receive(NativeBuffer dst, int offset, int length, ReceivedFds fds) throws ErrnoException {
        checkRange(dst, offset, length);
        message.toReceive(dst.address() + offset, length);
        long n;
        do {
            n = LibC.recvmsg(fd, message.address(), LibC.MSG_DONTWAIT | LibC.MSG_CMSG_CLOEXEC | peek);
        } while (n < 0 && LibC.errno() == Errno.EINTR);
        if (n < 0) {
            return result(n, "receive");
        }
        message.collect(fds);
        return n == 0 ? DISCONNECTED : (int) n;
    }

    /**
     * Sends up to {@code length} bytes.
     *
     * @return bytes sent, {@link #WOULD_BLOCK} or {@link #DISCONNECTED}
     */
    public int send(NativeBuffer src, int offset, int length) throws ErrnoException {
        checkRange(src, offset, length);
        long n;
        do {
            n = LibC.send(fd, src.address() + offset, length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
        } while (n < 0 && LibC.errno() == Errno.EINTR);
        return result(n, "send");
    }

    /**
     * Sends up to {@code length} bytes with descriptors, which the caller keeps.
     *
     * @param fds 1 to {@link ReceivedFds#MAX_FDS} of them
     * @return bytes sent (the descriptors went with the first), {@link #WOULD_BLOCK} or {@link #DISCONNECTED}
     */
    public int send(NativeBuffer src, int offset, int length, int[] fds) throws ErrnoException {
        checkRange(src, offset, length);
        if (fds.length == 0) {
            throw new IllegalArgumentException("no file descriptors");
        }
        message.toSend(src.address() + offset, length, fds);
        return result(LibC.sendmsg(fd, message.address(), LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL), "send");
    }

    /** Whether the other side has not yet received all that was sent. */
    public boolean unread() throws ErrnoException {
        NativeBuffer bytes = new NativeBuffer(Integer.BYTES);
        if (LibC.ioctl(fd, LibC.SIOCOUTQ, bytes.address()) != 0) {
            throw ErrnoException.last("what is unread");
        }
        return bytes.bytes().getInt(0) != 0;
    }

    /** Whether something can be received now. */
    public boolean readable() throws ErrnoException {
        NativeBuffer bytes = new NativeBuffer(Integer.BYTES);
        if (LibC.ioctl(fd, LibC.SIOCINQ, bytes.address()) != 0) {
            throw ErrnoException.last("what can be received");
        }
        return bytes.bytes().getInt(0) != 0;
    }

    private static int result(long n, String what) throws ErrnoException {
        if (n >= 0) {
            return (int) n;
        }
        int errno = LibC.errno();
        if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
            return WOULD_BLOCK;
        }
        if (errno == Errno.EPIPE || errno == Errno.ECONNRESET) {
            return DISCONNECTED;
        }
        throw new ErrnoException(what, errno);
    }

    private static void checkRange(NativeBuffer buffer, int offset, int length) {
        if (length <= 0 || offset < 0 || length > buffer.capacity() - offset) {
            throw new IndexOutOfBoundsException(offset + " + " + length);
        }
    }

    /** Ends both directions; the other side sees the end of the stream. */
    public void shutdown() {
        LibC.shutdown(fd, LibC.SHUT_RDWR);
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
