// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.testing.TestSocket;

/** A front end that says exactly what a test wants; numbers are the protocol document's. */
final class TestClient implements AutoCloseable {
    static final int GET_FEATURES = 1;
    static final int SET_FEATURES = 2;
    static final int SET_OWNER = 3;
    static final int RESET_OWNER = 4;
    static final int SET_MEM_TABLE = 5;
    static final int SET_LOG_BASE = 6;
    static final int SET_LOG_FD = 7;
    static final int SET_VRING_NUM = 8;
    static final int SET_VRING_ADDR = 9;
    static final int SET_VRING_BASE = 10;
    static final int GET_VRING_BASE = 11;
    static final int SET_VRING_KICK = 12;
    static final int SET_VRING_CALL = 13;
    static final int SET_VRING_ERR = 14;
    static final int GET_PROTOCOL_FEATURES = 15;
    static final int SET_PROTOCOL_FEATURES = 16;
    static final int GET_QUEUE_NUM = 17;
    static final int SET_VRING_ENABLE = 18;
    static final int GET_CONFIG = 24;
    static final int SET_CONFIG = 25;
    static final int GET_INFLIGHT_FD = 31;
    static final int SET_INFLIGHT_FD = 32;
    static final int RESET_DEVICE = 34;
    static final int GET_MAX_MEM_SLOTS = 36;
    static final int ADD_MEM_REG = 37;
    static final int REM_MEM_REG = 38;
    static final int SET_STATUS = 39;
    static final int GET_STATUS = 40;
    static final int SET_DEVICE_STATE_FD = 42;
    static final int CHECK_DEVICE_STATE = 43;

    static final int VERSION = 1;
    static final int REPLY = 4;
    static final int NEED_REPLY = 8;
    static final int NO_FD = 0x100;

    static final long F_LOG_ALL = 1L << 26;
    static final long F_PROTOCOL_FEATURES = 1L << 30;
    static final long REPLY_ACK = 1L << 3;

    /** Guest-physical address of the memory, and where the front end has it. */
    static final long GUEST = 0x10_0000;

    static final long USER = 0x7f00_0000_0000L;
    static final int MEMORY_BYTES = 0x1_0000;

    private final TestSocket socket;
    final MemFd file;
    final MappedFile mapping;

    TestClient(Path path) throws ErrnoException {
        socket = TestSocket.connect(path);
        file = MemFd.create("guest", MEMORY_BYTES, true);
        mapping = MappedFile.map(file.fd(), MEMORY_BYTES, true);
    }

    /** Connects, and asks for an acknowledgement of everything. */
    static TestClient acknowledged(Path path) throws ErrnoException {
        TestClient client = new TestClient(path);
        client.post(SET_PROTOCOL_FEATURES, u64(client.ask(GET_PROTOCOL_FEATURES).getLong(0)));
        client.tell(SET_FEATURES, u64(client.ask(GET_FEATURES).getLong(0)));
        return client;
    }

    ByteBuffer ram() {
        return mapping.window(0);
    }

    static ByteBuffer le(int length) {
        return TestSocket.le(length);
    }

    static ByteBuffer u64(long value) {
        return le(8).putLong(0, value);
    }

    static ByteBuffer state(int index, int num) {
        return le(8).putInt(0, index).putInt(4, num);
    }

    ByteBuffer ask(int request) throws ErrnoException {
        return ask(request, le(0));
    }

    /** Sends a request that has a reply; returns the reply's payload. */
    ByteBuffer ask(int request, ByteBuffer payload, int... fds) throws ErrnoException {
        send(request, VERSION, payload.capacity(), payload, fds);
        return receive(request);
    }

    /** Sends a request and returns its acknowledgement. */
    long result(int request, ByteBuffer payload, int... fds) throws ErrnoException {
        send(request, VERSION | NEED_REPLY, payload.capacity(), payload, fds);
        ByteBuffer reply = receive(request);
        assertThat(reply.capacity()).isEqualTo(8);
        return reply.getLong(0);
    }

    /** Sends a request that must succeed. */
    void tell(int request, ByteBuffer payload, int... fds) throws ErrnoException {
        assertThat(result(request, payload, fds))
                .as("result of request " + request)
                .isZero();
    }

    /** Sends a request that is not answered. */
    void post(int request, ByteBuffer payload, int... fds) throws ErrnoException {
        send(request, VERSION, payload.capacity(), payload, fds);
    }

    void send(int request, int flags, int size, ByteBuffer payload, int... fds) throws ErrnoException {
        ByteBuffer message = le(12 + payload.capacity());
        message.putInt(0, request).putInt(4, flags).putInt(8, size);
        socket.send(message.put(12, payload, 0, payload.capacity()), fds);
    }

    /** Sends part of a message. */
    void sendBytes(byte[] bytes) throws ErrnoException {
        socket.send(le(bytes.length).put(0, bytes));
    }

    /** The descriptor that came with the last reply. */
    int takeFd() {
        assertThat(socket.fds().count()).isOne();
        return socket.fds().take(0);
    }

    ByteBuffer receive(int request) throws ErrnoException {
        socket.fds().closeAll();
        ByteBuffer header = socket.receive(12);
        assertThat(header.getInt(0)).isEqualTo(request);
        assertThat(header.getInt(4)).isEqualTo(VERSION | REPLY);
        return socket.receive(header.getInt(8));
    }

    /** Waits for the server to close the connection. */
    void awaitDisconnect() throws ErrnoException {
        socket.awaitDisconnect();
    }

    /** A table of one region: all of the memory. */
    void setMemory() throws ErrnoException {
        setMemory(file);
    }

    /** The same with the memory of a machine that has had another front end. */
    void setMemory(MemFd of) throws ErrnoException {
        tell(SET_MEM_TABLE, region(le(40).putInt(0, 1), 8, GUEST, MEMORY_BYTES, USER, 0), of.fd());
    }

    static ByteBuffer region(ByteBuffer into, int at, long guest, long size, long user, long offset) {
        return into.putLong(at, guest)
                .putLong(at + 8, size)
                .putLong(at + 16, user)
                .putLong(at + 24, offset);
    }

    void setFd(int request, int ring, EventFd eventFd) throws ErrnoException {
        tell(request, u64(ring), eventFd.fd());
    }

    int stop(int ring) throws ErrnoException {
        ByteBuffer reply = ask(GET_VRING_BASE, state(ring, 0));
        assertThat(reply.getInt(0)).isEqualTo(ring);
        return reply.getInt(4);
    }

    /** The front end is gone; the machine's memory is still there. */
    void closeConnection() {
        socket.close();
    }

    @Override
    public void close() {
        socket.close();
        mapping.close();
        file.close();
    }
}
