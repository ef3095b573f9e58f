// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.nativebind.libc.UnixSocket;

/** A client of {@link FakeProtocol} that says exactly what a test wants. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is made by allocate
final class TestClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final UnixSocket socket;
    private final Poller poller = new Poller(1);
    private final NativeBuffer buffer = new NativeBuffer(1 << 16);
    private final ReceivedFds fds = new ReceivedFds();

    TestClient(Path path) throws ErrnoException {
        socket = UnixSocket.connect(path);
    }

    /** Connects and says hello. */
    static TestClient negotiated(Path path) throws ErrnoException {
        TestClient client = new TestClient(path);
        assertThat(client.call(FakeProtocol.HELLO, le(0))).isZero();
        return client;
    }

    static ByteBuffer le(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the reply's error number. */
    int call(int command, ByteBuffer payload, int... fds) throws ErrnoException {
        send(command, payload, fds);
        return receive();
    }

    int map(long start, long size, int access, long offset, int... fds) throws ErrnoException {
        return call(
                FakeProtocol.ADD,
                le(32).putLong(0, start).putLong(8, size).putLong(16, access).putLong(24, offset),
                fds);
    }

    int unmap(long start, long size) throws ErrnoException {
        return call(FakeProtocol.REMOVE, le(16).putLong(0, start).putLong(8, size));
    }

    void unmapAll() throws ErrnoException {
        assertThat(call(FakeProtocol.REMOVE_ALL, le(0))).isZero();
    }

    /** Runs the front's hook and waits until it has. */
    void runHook(long value) throws ErrnoException {
        assertThat(call(FakeProtocol.HOOK, le(8).putLong(0, value))).isZero();
    }

    /** Runs the front's hook, as a guest's notification or not, and waits for nothing. */
    void post(int command, long value) throws ErrnoException {
        send(command | FakeProtocol.POST, le(8).putLong(0, value));
    }

    void askToBeTold(int bytes) throws ErrnoException {
        send(FakeProtocol.TELL, le(4).putInt(0, bytes));
    }

    void send(int command, ByteBuffer payload, int... fds) throws ErrnoException {
        byte[] body = payload.array();
        int length = FakeProtocol.HEADER_LENGTH + body.length;
        sendRaw(
                le(length)
                        .putInt(FakeProtocol.COMMAND, command)
                        .putInt(FakeProtocol.LENGTH, length)
                        .put(FakeProtocol.HEADER_LENGTH, body)
                        .array(),
                fds);
    }

    void sendRaw(byte[] bytes, int... fds) throws ErrnoException {
        buffer.bytes().put(0, bytes);
        int sent = 0;
        while (sent < bytes.length) {
            int n = sent == 0 && fds.length > 0
                    ? socket.send(buffer, 0, bytes.length, fds)
                    : socket.send(buffer, sent, bytes.length - sent);
            if (n == UnixSocket.WOULD_BLOCK) {
                await(Poller.POLLOUT);
            } else {
                assertThat(n).as("bytes sent").isPositive();
                sent += n;
            }
        }
    }

    /** Receives a reply; returns its error number. */
    int receive() throws ErrnoException {
        fds.closeAll();
        receive(0, FakeProtocol.HEADER_LENGTH);
        int length = buffer.bytes().getInt(FakeProtocol.LENGTH);
        if (length > FakeProtocol.HEADER_LENGTH) {
            receive(FakeProtocol.HEADER_LENGTH, length - FakeProtocol.HEADER_LENGTH);
        }
        return buffer.bytes().getInt(FakeProtocol.ERROR);
    }

    /** The descriptors that came with the last reply. */
    ReceivedFds fds() {
        return fds;
    }

    private void receive(int offset, int length) throws ErrnoException {
        int got = 0;
        while (got < length) {
            int n = socket.receive(buffer, offset + got, length - got, fds);
            if (n == UnixSocket.WOULD_BLOCK) {
                await(Poller.POLLIN);
            } else {
                assertThat(n).as("bytes received").isPositive();
                got += n;
            }
        }
    }

    /** The payload of the last reply. */
    byte[] payload() {
        byte[] payload = new byte[buffer.bytes().getInt(FakeProtocol.LENGTH) - FakeProtocol.HEADER_LENGTH];
        buffer.bytes().get(FakeProtocol.HEADER_LENGTH, payload);
        return payload;
    }

    /** Waits for the server to close the connection. */
    void awaitDisconnect() throws ErrnoException {
        int n;
        while ((n = socket.receive(buffer, 0, 4096)) != UnixSocket.DISCONNECTED) {
            if (n == UnixSocket.WOULD_BLOCK) {
                await(Poller.POLLIN);
            }
        }
    }

    /** Whether the server has sent anything, or closed the connection. */
    boolean hasInput(int timeoutMillis) throws ErrnoException {
        poller.set(0, socket.fd(), Poller.POLLIN);
        return poller.poll(timeoutMillis);
    }

    private void await(int events) throws ErrnoException {
        poller.set(0, socket.fd(), events);
        assertThat(poller.poll(TIMEOUT_MILLIS)).as("the server answers in time").isTrue();
    }

    @Override
    public void close() {
        fds.closeAll();
        socket.close();
    }
}
