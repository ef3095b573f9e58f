// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.testing.TestSocket;

/** A client of {@link FakeProtocol} that says exactly what a test wants. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is made by allocate
final class TestClient implements AutoCloseable {
    private final TestSocket socket;
    private ByteBuffer reply = le(FakeProtocol.HEADER_LENGTH);

    TestClient(Path path) throws ErrnoException {
        socket = TestSocket.connect(path);
    }

    /** Connects and says hello. */
    static TestClient negotiated(Path path) throws ErrnoException {
        TestClient client = new TestClient(path);
        assertThat(client.call(FakeProtocol.HELLO, le(0))).isZero();
        return client;
    }

    static ByteBuffer le(int length) {
        return TestSocket.le(length);
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
        int length = FakeProtocol.HEADER_LENGTH + payload.capacity();
        socket.send(
                le(length)
                        .putInt(FakeProtocol.COMMAND, command)
                        .putInt(FakeProtocol.LENGTH, length)
                        .put(FakeProtocol.HEADER_LENGTH, payload, 0, payload.capacity()),
                fds);
    }

    void sendRaw(byte[] bytes, int... fds) throws ErrnoException {
        socket.send(ByteBuffer.wrap(bytes), fds);
    }

    /** Receives a reply; returns its error number. */
    int receive() throws ErrnoException {
        socket.fds().closeAll();
        ByteBuffer header = socket.receive(FakeProtocol.HEADER_LENGTH);
        reply = socket.receive(header.getInt(FakeProtocol.LENGTH) - FakeProtocol.HEADER_LENGTH);
        return header.getInt(FakeProtocol.ERROR);
    }

    /** The descriptors that came with the last reply. */
    ReceivedFds fds() {
        return socket.fds();
    }

    /** The payload of the last reply. */
    byte[] payload() {
        return reply.array();
    }

    /** Waits for the server to close the connection. */
    void awaitDisconnect() throws ErrnoException {
        socket.awaitDisconnect();
    }

    /** Whether the server has sent anything, or closed the connection. */
    boolean hasInput(int timeoutMillis) throws ErrnoException {
        return socket.hasInput(timeoutMillis);
    }

    @Override
    public void close() {
        socket.close();
    }
}
