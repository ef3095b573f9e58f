// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.Reply;
import org.vsnd.server.SharedArea;

/** GET_INFLIGHT_FD and SET_INFLIGHT_FD: the front end keeps the record of what the rings hold. Device thread only. */
final class InflightCommands {
    private static final int MMAP_SIZE = 0; // u64
    private static final int MMAP_OFFSET = 8; // u64
    private static final int NUM_QUEUES = 16; // u16
    private static final int QUEUE_SIZE = 18; // u16
    /** Some front ends send the padding of the structure as well. */
    static final int LENGTH = 20;

    static final int PADDED_LENGTH = 24;

    private final VhostTransport transport;
    private final SharedArea area;
    private @Nullable MemFd given;
    private long givenBytes;

    InflightCommands(VhostTransport transport, SharedArea area) {
        this.transport = transport;
        this.area = area;
    }

    /** Makes a new buffer, which is used at once. */
    void get(Message message, Reply reply) throws ProtocolException {
        int queues = message.u16(NUM_QUEUES);
        int size = message.u16(QUEUE_SIZE);
        checkShape(queues, size);
        long bytes = queues * length(size);
        try {
            MemFd replaced = given;
            if (replaced != null) {
                replaced.discard(givenBytes); // the front end may keep it, but not in our memory
            }
            forget();
            MemFd made = MemFd.create("vsnd-inflight", bytes, true);
            given = made;
            givenBytes = bytes;
            use(made.fd(), 0, bytes, queues, size);
            reply.payload(message.payloadLength());
            reply.u64(MMAP_SIZE, bytes)
                    .u64(MMAP_OFFSET, 0)
                    .u16(NUM_QUEUES, queues)
                    .u16(QUEUE_SIZE, size);
            reply.descriptor(made.fd());
        } catch (ErrnoException e) {
            throw unusable(e);
        }
    }

    /** Uses a buffer of an earlier life. */
    void set(Message message) throws ProtocolException {
        int queues = message.u16(NUM_QUEUES);
        int size = message.u16(QUEUE_SIZE);
        checkShape(queues, size);
        long bytes = message.u64(MMAP_SIZE);
        if (bytes < queues * length(size)) {
            throw new ProtocolException("its inflight buffer of " + bytes + " bytes is too small", Errno.EINVAL);
        }
        try {
            forget();
            use(message.fds().get(0), message.u64(MMAP_OFFSET), bytes, queues, size);
        } catch (ErrnoException e) {
            throw unusable(e);
        }
    }

    /** No ring is larger, and a front end that asks again and again must not fill our memory with buffers that it keeps. */
    private void checkShape(int queues, int size) throws ProtocolException {
        boolean possible =
                queues >= 1 && queues <= transport.ringCount() && size >= 1 && size <= VhostTransport.SIZE_MAX;
        if (transport.anyActive() || !possible) {
            throw new ProtocolException(
                    "an inflight buffer for " + queues + " rings of " + size + " descriptors is not possible now",
                    Errno.EINVAL);
        }
    }

    private void use(int fd, long offset, long bytes, int queues, int size) throws ErrnoException, ProtocolException {
        area.map(fd, offset, bytes);
        for (int i = 0; i < queues; i++) {
            transport.ring(i).record(area.memory(), i * length(size), size);
        }
    }

    /** Bytes for one ring of the format that is negotiated: front ends set features first. */
    private long length(int size) {
        return transport.isPacked() ? PackedInflightRegion.length(size) : InflightRegion.length(size);
    }

    private static ProtocolException unusable(ErrnoException e) {
        return new ProtocolException("its inflight buffer cannot be used: " + e.getMessage(), e.errno());
    }

    /** There is no buffer any more. */
    void forget() {
        transport.recordOwn();
        area.unmap();
        if (given != null) {
            given.close();
            given = null;
        }
    }
}
