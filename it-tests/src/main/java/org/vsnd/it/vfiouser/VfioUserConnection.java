// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.testing.TestSocket;

/** The client's end of the wire: one request at a time, every reply held to its rules. One thread. */
public final class VfioUserConnection implements AutoCloseable {
    /** Bytes of a message header. */
    public static final int HEADER_BYTES = 16;
    /** Reply size that the caller does not know. */
    public static final int ANY = -1;

    private static final int NO_REPLY = 0x10;
    private static final int REPLY = 0x01;
    private static final int ERROR = 0x21;
    private static final int REPLY_TIMEOUT_MILLIS = 5000; // QEMU's patience
    private static final int MOST_BYTES = 64 << 10;
    private static final int[] NO_FDS = {};

    private final TestSocket socket;
    private int nextId = 0x7ff0; // soon wraps past 16 bits' sign
    private long messages;

    private VfioUserConnection(TestSocket socket) {
        this.socket = socket;
    }

    /** Connects to a server that listens. */
    public static VfioUserConnection open(Path path) throws IOException {
        return new VfioUserConnection(TestSocket.connect(path, REPLY_TIMEOUT_MILLIS));
    }

    /** An empty little-endian payload. */
    public static ByteBuffer payload(int bytes) {
        return TestSocket.le(bytes);
    }

    /** The socket, for waiting. */
    public int fd() {
        return socket.fd();
    }

    /** Messages sent so far. */
    public long messages() {
        return messages;
    }

    /** Sends a command that is answered with a reply of the same size as asked for. */
    public ByteBuffer request(int command, ByteBuffer payload, int replyPayloadBytes) {
        return request(command, payload, replyPayloadBytes, NO_FDS);
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param payload all of it, from 0 to its capacity
     * @param replyPayloadBytes what the reply must have after its header, or {@link #ANY}
     * @return the reply's payload
     */
    public ByteBuffer request(int command, ByteBuffer payload, int replyPayloadBytes, int[] fds) {
        int id = send(command, payload, 0, fds);
        ByteBuffer header = receive(HEADER_BYTES);
        int size = header.getInt(4);
        int flags = header.getInt(8);
        if (header.getShort(0) != (short) id || header.getShort(2) != command) {
            throw new DeviceFaultException(String.format(
                    "reply to message %x command %d, expected %x command %d",
                    header.getShort(0), header.getShort(2), id, command));
        }
        if (flags == ERROR) {
            throw new VfioUserErrorException(command, header.getInt(12));
        }
        if (flags != REPLY || header.getInt(12) != 0) {
            throw new DeviceFaultException("reply with flags " + Integer.toHexString(flags));
        }
        if (size < HEADER_BYTES
                || size > MOST_BYTES
                || (replyPayloadBytes != ANY && size != HEADER_BYTES + replyPayloadBytes)) {
            throw new DeviceFaultException("command " + command + ": a reply of " + size + " bytes instead of "
                    + (HEADER_BYTES + replyPayloadBytes));
        }
        return size == HEADER_BYTES ? payload(0) : receive(size - HEADER_BYTES);
    }

    /** Sends a command that is not answered. */
    public void post(int command, ByteBuffer payload) {
        send(command, payload, NO_REPLY, NO_FDS);
    }

    private int send(int command, ByteBuffer payload, int flags, int[] fds) {
        int id = nextId & 0xffff;
        nextId++;
        messages++;
        ByteBuffer b = payload(HEADER_BYTES + payload.capacity());
        b.putShort(0, (short) id)
                .putShort(2, (short) command)
                .putInt(4, b.capacity())
                .putInt(8, flags)
                .put(HEADER_BYTES, payload, 0, payload.capacity());
        send(b, fds);
        return id;
    }

    private void send(ByteBuffer bytes, int... fds) {
        try {
            socket.send(bytes, fds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends bytes as they are, for tests of the server's patience. */
    public void sendRaw(byte... bytes) {
        send(ByteBuffer.wrap(bytes));
    }

    private ByteBuffer receive(int length) {
        try {
            return socket.receive(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the server has closed its end, and takes what it says before that. */
    public boolean awaitDisconnect(int timeoutMillis) {
        try {
            return socket.awaitDisconnect(timeoutMillis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
