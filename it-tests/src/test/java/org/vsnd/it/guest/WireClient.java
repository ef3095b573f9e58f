// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixSocket;

/** As much of a vfio-user client as it takes to do something wrong. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is made by allocate
final class WireClient implements AutoCloseable {
    private static final int VERSION = 1;
    private static final int DMA_MAP = 2;
    private static final int REGION_WRITE = 10;
    private static final int HEADER = 16;
    private static final int READ_WRITE = 3;
    private static final int BAR_4 = 4;
    private static final int CONFIG = 7;
    private static final long NOTIFY = 0x3000;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final UnixSocket socket;
    private final Poller poller = new Poller(1);
    private final NativeBuffer buffer = new NativeBuffer(1 << 16);

    WireClient(Path path) throws ErrnoException {
        socket = UnixSocket.connect(path);
    }

    /** Proposes a version. @return the reply's errno */
    int version(int major, int minor) throws ErrnoException {
        byte[] text = "{\"capabilities\":{\"max_msg_fds\":16}}\0".getBytes(StandardCharsets.UTF_8);
        ByteBuffer payload = le(4 + text.length)
                .putShort((short) major)
                .putShort((short) minor)
                .put(text);
        return call(VERSION, payload);
    }

    /** Shares a file as guest memory from address 0 on. @return the reply's errno */
    int map(long address, long size, int fd) throws ErrnoException {
        ByteBuffer payload =
                le(32).putInt(32).putInt(READ_WRITE).putLong(0).putLong(address).putLong(size);
        return call(DMA_MAP, payload, fd);
    }

    /** As a driver: bus master, features, queue 0 at addresses 0x1000, 0x2000 and 0x3000, DRIVER_OK. */
    void enableControlQueue() throws ErrnoException {
        write(CONFIG, 4, 2, 6); // command: memory, bus master
        status(1);
        status(3);
        write(BAR_4, 0x08, 4, 1); // driver_feature_select
        write(BAR_4, 0x0c, 4, 1); // VIRTIO_F_VERSION_1
        status(11);
        write(BAR_4, 0x16, 2, 0); // queue_select
        write(BAR_4, 0x20, 8, 0x1000);
        write(BAR_4, 0x28, 8, 0x2000);
        write(BAR_4, 0x30, 8, 0x3000);
        write(BAR_4, 0x1c, 2, 1); // queue_enable
        status(15);
    }

    private void status(int status) throws ErrnoException {
        write(BAR_4, 0x14, 1, status);
    }

    /** Does not wait for the reply. */
    void notifyControlQueue() throws ErrnoException {
        send(message(REGION_WRITE, region(BAR_4, NOTIFY, 2, 0)));
    }

    private void write(int region, long offset, int size, long value) throws ErrnoException {
        if (call(REGION_WRITE, region(region, offset, size, value)) != 0) {
            throw new AssertionError("write of " + size + " bytes at 0x" + Long.toHexString(offset) + " refused");
        }
    }

    private static ByteBuffer region(int region, long offset, int size, long value) {
        ByteBuffer payload = le(16 + size).putLong(offset).putInt(region).putInt(size);
        for (int i = 0; i < size; i++) {
            payload.put((byte) (value >>> (8 * i)));
        }
        return payload;
    }

    private int call(int command, ByteBuffer payload, int... fds) throws ErrnoException {
        send(message(command, payload), fds);
        receive(0, HEADER);
        int size = buffer.bytes().getInt(4);
        int errno = buffer.bytes().getInt(12);
        receive(HEADER, size - HEADER);
        return errno;
    }

    private static byte[] message(int command, ByteBuffer payload) {
        byte[] body = payload.array();
        return le(HEADER + body.length)
                .putShort((short) 1)
                .putShort((short) command)
                .putInt(HEADER + body.length)
                .putLong(0)
                .put(body)
                .array();
    }

    /** Sends bytes, whatever they are; few enough for the socket's buffer. */
    void send(byte[] bytes, int... fds) throws ErrnoException {
        buffer.bytes().put(0, bytes);
        int sent = fds.length > 0 ? socket.send(buffer, 0, bytes.length, fds) : socket.send(buffer, 0, bytes.length);
        if (sent != bytes.length) {
            throw new AssertionError("sent " + sent + " of " + bytes.length + " bytes");
        }
    }

    private void receive(int offset, int length) throws ErrnoException {
        int got = 0;
        while (got < length) {
            int count = socket.receive(buffer, offset + got, length - got);
            if (count == UnixSocket.WOULD_BLOCK) {
                await();
            } else if (count <= 0) {
                throw new AssertionError("the server has closed the connection");
            } else {
                got += count;
            }
        }
    }

    /** Waits until the server closes the connection. */
    void awaitDisconnect() throws ErrnoException {
        int count = socket.receive(buffer, 0, 4096);
        while (count != UnixSocket.DISCONNECTED) {
            if (count == UnixSocket.WOULD_BLOCK) {
                await();
            }
            count = socket.receive(buffer, 0, 4096);
        }
    }

    private void await() throws ErrnoException {
        poller.set(0, socket.fd(), Poller.POLLIN);
        if (!poller.poll(TIMEOUT_MILLIS)) {
            throw new AssertionError("nothing from the server within " + TIMEOUT_MILLIS + " ms");
        }
    }

    private static ByteBuffer le(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        socket.close();
    }
}
