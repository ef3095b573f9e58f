// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.testing.TestSocket;

/** A vfio-user client that says exactly what a test wants and reads exactly what the header announces. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is made by allocate
final class TestClient implements AutoCloseable {
    /** A reply; an error reply has no payload. */
    record Answer(int id, int command, int flags, int errno, ByteBuffer payload) {
        int length() {
            return 16 + payload.capacity();
        }
    }

    private final TestSocket socket;
    private int nextId = 0xfff0;

    TestClient(Path path) throws ErrnoException {
        socket = TestSocket.connect(path);
    }

    /** Connects and agrees on version 0.0 as QEMU does. */
    static TestClient negotiated(Path path) throws ErrnoException {
        TestClient client = new TestClient(path);
        assertThat(client.version(0, 0, "{\"capabilities\": {\"max_msg_fds\": 16}}")
                        .errno())
                .isZero();
        return client;
    }

    Answer version(int major, int minor, String json) throws ErrnoException {
        byte[] text = (json + "\0").getBytes(StandardCharsets.UTF_8);
        return call(
                Command.VERSION,
                le(4 + text.length)
                        .putShort(0, (short) major)
                        .putShort(2, (short) minor)
                        .put(4, text));
    }

    Answer call(int command, ByteBuffer payload, int... fds) throws ErrnoException {
        int id = send(command, 0, payload, fds);
        Answer answer = receive();
        assertThat(answer.id()).isEqualTo(id);
        assertThat(answer.command()).isEqualTo(command);
        assertThat(answer.flags()).isEqualTo(answer.errno() == 0 ? 1 : 0x21);
        return answer;
    }

    /** Sends a command that asks for no reply. */
    void post(int command, ByteBuffer payload, int... fds) throws ErrnoException {
        send(command, Header.NO_REPLY, payload, fds);
    }

    int send(int command, int flags, ByteBuffer payload, int... fds) throws ErrnoException {
        int id = nextId++ & 0xffff;
        send(id, command, 16L + payload.capacity(), flags, payload, fds);
        return id;
    }

    /** Sends a message that says any size. */
    void send(int id, int command, long size, int flags, ByteBuffer payload, int... fds) throws ErrnoException {
        socket.send(
                le(16 + payload.capacity())
                        .putShort(0, (short) id)
                        .putShort(2, (short) command)
                        .putInt(4, (int) size)
                        .putInt(8, flags)
                        .put(16, payload, 0, payload.capacity()),
                fds);
    }

    void sendRaw(byte[] bytes, int... fds) throws ErrnoException {
        socket.send(ByteBuffer.wrap(bytes), fds);
    }

    /** Sends as much of it as the socket takes without waiting; returns how much that was. */
    int sendUntilFull(byte[] bytes) throws ErrnoException {
        return socket.sendUntilFull(ByteBuffer.wrap(bytes));
    }

    Answer receive() throws ErrnoException {
        ByteBuffer b = socket.receive(16);
        return new Answer(
                Short.toUnsignedInt(b.getShort(0)),
                Short.toUnsignedInt(b.getShort(2)),
                b.getInt(8),
                b.getInt(12),
                socket.receive(b.getInt(4) - 16));
    }

    /** Waits for the server to close the connection. */
    void awaitDisconnect() throws ErrnoException {
        socket.awaitDisconnect();
    }

    /** Whether the server has sent anything, or closed the connection. */
    boolean hasInput(int timeoutMillis) throws ErrnoException {
        return socket.hasInput(timeoutMillis);
    }

    Answer map(long iova, long size, int flags, long offset, int... fds) throws ErrnoException {
        return call(
                Command.DMA_MAP,
                le(32).putInt(0, 32)
                        .putInt(4, flags)
                        .putLong(8, offset)
                        .putLong(16, iova)
                        .putLong(24, size),
                fds);
    }

    Answer unmap(long iova, long size, int flags) throws ErrnoException {
        return call(
                Command.DMA_UNMAP,
                le(24).putInt(0, 24).putInt(4, flags).putLong(8, iova).putLong(16, size));
    }

    Answer regionRead(int region, long offset, int count) throws ErrnoException {
        return call(Command.REGION_READ, access(region, offset, count, 0));
    }

    Answer regionWrite(int region, long offset, int count, long value) throws ErrnoException {
        return call(Command.REGION_WRITE, write(region, offset, count, value));
    }

    void postWrite(int region, long offset, int count, long value) throws ErrnoException {
        post(Command.REGION_WRITE, write(region, offset, count, value));
    }

    /** Runs the fake function's hook on the device thread and waits until it has run. */
    void runHook(long value) throws ErrnoException {
        assertThat(regionWrite(0, FakeFunction.HOOK, 4, value).errno()).isZero();
    }

    Answer setIrqs(int flags, int index, int start, int count, int... fds) throws ErrnoException {
        return call(Command.DEVICE_SET_IRQS, irqs(flags, index, start, count, 0), fds);
    }

    Answer setIrqs(int flags, int index, int start, byte[] bools) throws ErrnoException {
        return call(
                Command.DEVICE_SET_IRQS,
                irqs(flags, index, start, bools.length, bools.length).put(20, bools));
    }

    static ByteBuffer irqs(int flags, int index, int start, int count, int more) {
        return le(20 + more)
                .putInt(0, 20)
                .putInt(4, flags)
                .putInt(8, index)
                .putInt(12, start)
                .putInt(16, count);
    }

    static ByteBuffer write(int region, long offset, int count, long value) {
        ByteBuffer payload = access(region, offset, count, count);
        for (int i = 0; i < count; i++) {
            payload.put(16 + i, (byte) (value >>> (8 * Math.min(i, 7))));
        }
        return payload;
    }

    static ByteBuffer access(int region, long offset, int count, int dataLength) {
        return le(16 + dataLength).putLong(0, offset).putInt(8, region).putInt(12, count);
    }

    static ByteBuffer le(int length) {
        return TestSocket.le(length);
    }

    @Override
    public void close() {
        socket.close();
    }
}
