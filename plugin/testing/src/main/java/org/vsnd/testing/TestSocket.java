// SPDX-License-Identifier: Apache-2.0
package org.vsnd.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.nativebind.libc.UnixSocket;

/**
 * A client's end of a Unix socket: sends exactly the bytes and descriptors it is given, receives exactly as many bytes as are
 * asked for, and waits for both, but not for ever. One thread.
 */
public final class TestSocket implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long CONNECT_NANOS = 20_000_000_000L;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final UnixSocket socket;
    private final int timeoutMillis;
    private final Poller poller = new Poller(1);
    private final NativeBuffer buffer = new NativeBuffer(BUFFER_BYTES);
    private final ReceivedFds fds = new ReceivedFds();

    private TestSocket(UnixSocket socket, int timeoutMillis) {
        this.socket = socket;
        this.timeoutMillis = timeoutMillis;
    }

    /** Connects to a server that listens; waits while there is no room among those who wait. */
    public static TestSocket connect(Path path) throws ErrnoException {
        return connect(path, TIMEOUT_MILLIS);
    }

    /**
     * Connects.
     *
     * @param timeoutMillis how long the server may be silent when something is expected of it
     */
    public static TestSocket connect(Path path, int timeoutMillis) throws ErrnoException {
        long deadline = System.nanoTime() + CONNECT_NANOS;
        while (true) {
            try {
                return new TestSocket(UnixSocket.connect(path), timeoutMillis);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EAGAIN || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** An empty little-endian buffer. */
    public static ByteBuffer le(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The socket, for waiting. */
    public int fd() {
        return socket.fd();
    }

    /**
     * Sends all of a buffer, from 0 to its capacity, with descriptors that stay the caller's.
     *
     * @throws DisconnectedException if the server has closed the connection
     */
    public void send(ByteBuffer bytes, int... descriptors) throws ErrnoException {
        int sent = 0;
        while (sent < bytes.capacity()) {
            int n = sendSome(bytes, sent, sent == 0 ? descriptors : new int[0]);
            if (n == UnixSocket.WOULD_BLOCK) {
                await(Poller.POLLOUT);
            } else {
                sent += n;
            }
        }
    }

    /** Sends as much of it as the socket takes without waiting; returns how much that was. */
    public int sendUntilFull(ByteBuffer bytes) throws ErrnoException {
        int sent = 0;
        while (sent < bytes.capacity()) {
            int n = sendSome(bytes, sent);
            if (n == UnixSocket.WOULD_BLOCK) {
                return sent;
            }
            sent += n;
        }
        return sent;
    }

    private int sendSome(ByteBuffer bytes, int from, int... descriptors) throws ErrnoException {
        int length = Math.min(bytes.capacity() - from, BUFFER_BYTES);
        buffer.bytes().put(0, bytes, from, length);
        int n = descriptors.length > 0 ? socket.send(buffer, 0, length, descriptors) : socket.send(buffer, 0, length);
        if (n == UnixSocket.DISCONNECTED) {
            throw new DisconnectedException();
        }
        return n;
    }

    /**
     * Receives; descriptors that come with it are added to {@link #fds}.
     *
     * @return exactly so many bytes, in a buffer of its own
     * @throws DisconnectedException if the server has closed the connection
     */
    public ByteBuffer receive(int length) throws ErrnoException {
        ByteBuffer bytes = le(length);
        int got = 0;
        while (got < length) {
            int n = socket.receive(buffer, 0, Math.min(length - got, BUFFER_BYTES), fds);
            if (n == UnixSocket.DISCONNECTED) {
                throw new DisconnectedException();
            }
            if (n == UnixSocket.WOULD_BLOCK) {
                await(Poller.POLLIN);
            } else {
                bytes.put(got, buffer.bytes(), 0, n);
                got += n;
            }
        }
        return bytes;
    }

    /** Descriptors received; those that are not taken are closed with the socket. */
    public ReceivedFds fds() {
        return fds;
    }

    /** Whether the server has sent anything, or closed the connection. */
    public boolean hasInput(int millis) throws ErrnoException {
        poller.set(0, socket.fd(), Poller.POLLIN);
        return poller.poll(millis);
    }

    /** Waits for the server to close the connection, and takes what it says before that; returns whether it has. */
    public boolean awaitDisconnect(int millis) throws ErrnoException {
        while (hasInput(millis)) {
            if (socket.receive(buffer, 0, BUFFER_BYTES) == UnixSocket.DISCONNECTED) {
                return true;
            }
        }
        return false;
    }

    /** The same, for as long as the server may be silent. */
    public void awaitDisconnect() throws ErrnoException {
        if (!awaitDisconnect(timeoutMillis)) {
            throw new AssertionError("the server does not close the connection");
        }
    }

    private void await(int events) throws ErrnoException {
        poller.set(0, socket.fd(), events);
        if (!poller.poll(timeoutMillis)) {
            throw new AssertionError("nothing from the server within " + timeoutMillis + " ms");
        }
    }

    @Override
    public void close() {
        fds.closeAll();
        socket.close();
    }
}
