// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.ByteBuffer;
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

    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int IOVEC = 56; // our iovec follows struct msghdr
    private static final int CONTROL = 72; // and our control data follow that

    private static final int CMSG_LEN = 0;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    private static final int CONTROL_BYTES = CMSG_DATA + 4 * ReceivedFds.MAX_FDS;

    private final NativeBuffer message = new NativeBuffer(CONTROL + CONTROL_BYTES);
    private int fd;

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

    /**
     * Receives up to {@code length} bytes; descriptors that come with them are closed.
     *
     * @return bytes received, {@link #WOULD_BLOCK} or {@link #DISCONNECTED}
     */
    public int receive(NativeBuffer dst, int offset, int length) throws ErrnoException {
        checkRange(dst, offset, length);
        long n;
        do {
            n = LibC.recv(fd, dst.address() + offset, length, LibC.MSG_DONTWAIT);
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
        prepare(dst.address() + offset, length, CONTROL_BYTES);
        long n;
        do {
            n = LibC.recvmsg(fd, message.address(), LibC.MSG_DONTWAIT | LibC.MSG_CMSG_CLOEXEC);
        } while (n < 0 && LibC.errno() == Errno.EINTR);
        if (n < 0) {
            return result(n, "receive");
        }
        collect(fds);
        return n == 0 ? DISCONNECTED : (int) n;
    }

    private void prepare(long address, long length, long controlBytes) {
        ByteBuffer m = message.bytes();
        m.putLong(MSG_IOV, message.address() + IOVEC);
        m.putLong(MSG_IOVLEN, 1);
        m.putLong(IOVEC, address);
        m.putLong(IOVEC + 8, length);
        m.putLong(MSG_CONTROL, controlBytes == 0 ? 0 : message.address() + CONTROL);
        m.putLong(MSG_CONTROLLEN, controlBytes);
        m.putInt(MSG_FLAGS, 0);
    }

    private void collect(ReceivedFds fds) {
        ByteBuffer m = message.bytes();
        if ((m.getInt(MSG_FLAGS) & LibC.MSG_CTRUNC) != 0) {
            fds.markTruncated();
        }
        int end = CONTROL + (int) Math.min(CONTROL_BYTES, m.getLong(MSG_CONTROLLEN));
        int at = CONTROL;
        while (at + CMSG_DATA <= end) {
            int length = (int) Math.min(end - at, m.getLong(at + CMSG_LEN));
            if (length < CMSG_DATA) {
                return;
            }
            if (m.getInt(at + CMSG_LEVEL) == LibC.SOL_SOCKET && m.getInt(at + CMSG_TYPE) == LibC.SCM_RIGHTS) {
                for (int i = at + CMSG_DATA; i + 4 <= at + length; i += 4) {
                    fds.add(m.getInt(i));
                }
            }
            at += length + 7 & ~7;
        }
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
        if (fds.length == 0 || fds.length > ReceivedFds.MAX_FDS) {
            throw new IllegalArgumentException(fds.length + " file descriptors");
        }
        int cmsgLength = CMSG_DATA + 4 * fds.length;
        prepare(src.address() + offset, length, cmsgLength + 7 & ~7);
        ByteBuffer m = message.bytes();
        m.putLong(CONTROL + CMSG_LEN, cmsgLength);
        m.putInt(CONTROL + CMSG_LEVEL, LibC.SOL_SOCKET);
        m.putInt(CONTROL + CMSG_TYPE, LibC.SCM_RIGHTS);
        for (int i = 0; i < fds.length; i++) {
            m.putInt(CONTROL + CMSG_DATA + 4 * i, fds[i]);
        }
        return result(LibC.sendmsg(fd, message.address(), LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL), "send");
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
