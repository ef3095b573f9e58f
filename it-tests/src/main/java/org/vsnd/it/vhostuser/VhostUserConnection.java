// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vhostuser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.testing.TestSocket;

/** The front end's end of the wire: one request at a time, every reply held to its rules. One thread. */
public final class VhostUserConnection implements AutoCloseable {
    /** Bytes of a message header. */
    public static final int HEADER_BYTES = 12;

    private static final int VERSION = 1;
    private static final int REPLY = 4;
    private static final int NEED_REPLY = 8;
    private static final int REPLY_TIMEOUT_MILLIS = 5000;
    private static final int MOST_BYTES = 4 << 10;

    private final TestSocket socket;
    private boolean acknowledged;

    private VhostUserConnection(TestSocket socket) {
        this.socket = socket;
    }

    /** Connects to a back end that listens. */
    public static VhostUserConnection open(Path path) throws IOException {
        return new VhostUserConnection(TestSocket.connect(path, REPLY_TIMEOUT_MILLIS));
    }

    /** An empty payload. */
    public static ByteBuffer payload(int bytes) {
        return TestSocket.le(bytes);
    }

    /** A payload of one number. */
    public static ByteBuffer u64(long value) {
        return payload(8).putLong(0, value);
    }

    /** From now on every request without a reply of its own asks whether it has succeeded, and must have. */
    public void acknowledge() {
        acknowledged = true;
    }

    /** The socket, for waiting. */
    public int fd() {
        return socket.fd();
    }

    /** Sends a request that has a reply, and waits for it. */
    public ByteBuffer ask(int request, ByteBuffer payload, int replyBytes, int... fds) {
        send(request, VERSION, payload, fds);
        ByteBuffer reply = reply(request);
        if (reply.capacity() != replyBytes) {
            throw new DeviceFaultException(
                    "request " + request + ": a reply of " + reply.capacity() + " bytes instead of " + replyBytes);
        }
        return reply;
    }

    /** Sends a request without a reply of its own. */
    public void tell(int request, ByteBuffer payload, int... fds) {
        send(request, acknowledged ? VERSION | NEED_REPLY : VERSION, payload, fds);
        if (acknowledged) {
            ByteBuffer reply = reply(request);
            if (reply.capacity() != 8 || reply.getLong(0) != 0) {
                throw new DeviceFaultException("request " + request + " failed: " + reply.getLong(0));
            }
        }
    }

    /** Sends a request that may fail, and returns the number that says whether it has. */
    public long result(int request, ByteBuffer payload, int... fds) {
        send(request, VERSION | NEED_REPLY, payload, fds);
        return reply(request).getLong(0);
    }

    /** The descriptor that came with the last reply, or -1; the caller closes it. */
    public int takeFd() {
        return socket.fds().count() == 0 ? -1 : socket.fds().take(0);
    }

    private ByteBuffer reply(int request) {
        socket.fds().closeAll();
        ByteBuffer header = receive(HEADER_BYTES);
        int size = header.getInt(8);
        if (header.getInt(0) != request || header.getInt(4) != (VERSION | REPLY) || size < 0 || size > MOST_BYTES) {
            throw new DeviceFaultException(String.format(
                    "reply to request %d with flags %x and %d bytes, expected %d",
                    header.getInt(0), header.getInt(4), size, request));
        }
        return receive(size);
    }

    /** Sends a message as it is. */
    public void send(int request, int flags, ByteBuffer payload, int... fds) {
        send(request, flags, payload.capacity(), payload, fds);
    }

    /** Sends a message that says another size than it has. */
    public void send(int request, int flags, int size, ByteBuffer payload, int... fds) {
        ByteBuffer b = payload(HEADER_BYTES + payload.capacity());
        b.putInt(0, request).putInt(4, flags).putInt(8, size);
        b.put(HEADER_BYTES, payload, 0, payload.capacity());
        try {
            socket.send(b, fds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ByteBuffer receive(int length) {
        try {
            return socket.receive(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the back end has closed its end, and takes what it says before that. */
    public boolean awaitDisconnect(int timeoutMillis) {
        try {
            return socket.awaitDisconnect(timeoutMillis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.fds().closeAll();
        socket.close();
    }
}
