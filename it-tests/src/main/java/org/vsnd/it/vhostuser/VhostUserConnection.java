// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vhostuser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.it.vfiouser.DisconnectedException;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.nativebind.libc.UnixSocket;

/** The front end's end of the wire: one request at a time, every reply held to its rules. One thread. */
public final class VhostUserConnection implements AutoCloseable {
    /** Bytes of a message header. */
    public static final int HEADER_BYTES = 12;

    private static final int VERSION = 1;
    private static final int REPLY = 4;
    private static final int NEED_REPLY = 8;
    private static final int REPLY_TIMEOUT_MILLIS = 5000;
    private static final int BUFFER_BYTES = 4 << 10;

    private final UnixSocket socket;
    private final Poller poller = new Poller(1);
    private final NativeBuffer out = new NativeBuffer(BUFFER_BYTES);
    private final NativeBuffer in = new NativeBuffer(BUFFER_BYTES);
    private final ReceivedFds received = new ReceivedFds();
    private boolean acknowledged;

    private VhostUserConnection(UnixSocket socket) {
        this.socket = socket;
    }

    /** Connects to a back end that listens. */
    public static VhostUserConnection open(Path path) throws IOException {
        return new VhostUserConnection(UnixSocket.connect(path));
    }

    /** An empty payload. */
    public static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
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
        return received.count() == 0 ? -1 : received.take(0);
    }

    private ByteBuffer reply(int request) {
        received.closeAll();
        ByteBuffer header = receive(HEADER_BYTES);
        int size = header.getInt(8);
        if (header.getInt(0) != request || header.getInt(4) != (VERSION | REPLY) || size < 0 || size > BUFFER_BYTES) {
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
        ByteBuffer b = out.bytes();
        b.putInt(0, request).putInt(4, flags).putInt(8, size);
        b.put(HEADER_BYTES, payload, 0, payload.capacity());
        sendAll(HEADER_BYTES + payload.capacity(), fds);
    }

    private void sendAll(int length, int... fds) {
        try {
            int sent = 0;
            while (sent < length) {
                int n = sent == 0 && fds.length > 0
                        ? socket.send(out, 0, length, fds)
                        : socket.send(out, sent, length - sent);
                if (n == UnixSocket.DISCONNECTED) {
                    throw new DisconnectedException();
                }
                if (n == UnixSocket.WOULD_BLOCK) {
                    await(Poller.POLLOUT);
                } else {
                    sent += n;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ByteBuffer receive(int length) {
        try {
            int got = 0;
            while (got < length) {
                int n = socket.receive(in, got, length - got, received);
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

    /** Waits until the back end has closed its end, and takes what it says before that. */
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
        received.closeAll();
        socket.close();
    }
}
