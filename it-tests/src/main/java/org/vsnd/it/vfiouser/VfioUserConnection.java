// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixSocket;

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
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int[] NO_FDS = {};

    private final UnixSocket socket;
    private final Poller poller = new Poller(1);
    private final NativeBuffer out = new NativeBuffer(BUFFER_BYTES);
    private final NativeBuffer in = new NativeBuffer(BUFFER_BYTES);
    private int nextId = 0x7ff0; // soon wraps past 16 bits' sign
    private long messages;

    private VfioUserConnection(UnixSocket socket) {
        this.socket = socket;
    }

    /** Connects to a server that listens. */
    public static VfioUserConnection open(Path path) throws IOException {
        return new VfioUserConnection(UnixSocket.connect(path));
    }

    /** An empty little-endian payload. */
    public static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
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
                || size > BUFFER_BYTES
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
        int size = HEADER_BYTES + payload.capacity();
        ByteBuffer b = out.bytes();
        b.clear();
        b.putShort(0, (short) id)
                .putShort(2, (short) command)
                .putInt(4, size)
                .putInt(8, flags)
                .putInt(12, 0);
        b.put(HEADER_BYTES, payload, 0, payload.capacity());
        try {
            int sent = 0;
            while (sent < size) {
                int n = sent == 0 && fds.length > 0
                        ? socket.send(out, 0, size, fds)
                        : socket.send(out, sent, size - sent);
                if (n == UnixSocket.DISCONNECTED) {
                    throw new DisconnectedException();
                }
                if (n == UnixSocket.WOULD_BLOCK) {
                    await(Poller.POLLOUT);
                } else {
                    sent += n;
                }
            }
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends bytes as they are, for tests of the server's patience. */
    public void sendRaw(byte... bytes) {
        out.bytes().clear().put(bytes);
        try {
            socket.send(out, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ByteBuffer receive(int length) {
        try {
            int got = 0;
            while (got < length) {
                int n = socket.receive(in, got, length - got);
                if (n == UnixSocket.DISCONNECTED) {
                    throw new DisconnectedException();
                }
                if (n == UnixSocket.WOULD_BLOCK) {
                    await(Poller.POLLIN);
                } else {
                    got += n;
                }
            }
            ByteBuffer copy = payload(length);
            copy.put(0, in.bytes(), 0, length);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(int events) throws IOException {
        poller.set(0, socket.fd(), events);
        if (!poller.poll(REPLY_TIMEOUT_MILLIS)) {
            throw new DeviceFaultException("no reply within " + REPLY_TIMEOUT_MILLIS + " ms");
        }
    }

    /** Waits until the server has closed its end, and takes what it says before that. */
    public boolean awaitDisconnect(int timeoutMillis) {
        try {
            poller.set(0, socket.fd(), Poller.POLLIN);
            while (poller.poll(timeoutMillis)) {
                if (socket.receive(in, 0, BUFFER_BYTES) == UnixSocket.DISCONNECTED) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
