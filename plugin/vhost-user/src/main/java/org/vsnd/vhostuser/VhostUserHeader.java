// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.Reply;

/** The 12 bytes with which every message begins. Offsets in bytes; the machine's byte order, which is little-endian. */
final class VhostUserHeader {
    static final int REQUEST = 0; // u32
    static final int FLAGS = 4; // u32
    static final int SIZE = 8; // u32: bytes of the payload
    static final int LENGTH = 12;

    /** Room for the largest message. */
    static final int MOST_LENGTH = LENGTH + 512;

    private static final int VERSION_MASK = 3;
    private static final int VERSION = 1;
    private static final int REPLY = 4;
    private static final int NEED_REPLY = 8;

    private VhostUserHeader() {}

    /** Bytes of the whole message, whose request and size are known to fit. */
    static long checkedLength(Message message) throws ProtocolException {
        VhostUserRequest request = request(message);
        long size = size(message);
        int flags = flags(message);
        if (request == null || !request.mayHaveLength(size) || (flags & (VERSION_MASK | REPLY)) != VERSION) {
            throw new ProtocolException(String.format(
                    "what it sent is not a vhost-user request (%s, number %d, size %d, flags 0x%x)",
                    request == null ? "unknown" : request, message.bytes().getInt(REQUEST), size, flags));
        }
        return LENGTH + size;
    }

    /** Checks how many descriptors came with a message of a checked length. */
    static void checkDescriptors(Message message, int count) throws ProtocolException {
        VhostUserRequest request = Objects.requireNonNull(request(message));
        if (!request.mayHaveFds(count)) {
            throw new ProtocolException("its " + request + " came with " + count + " file descriptors");
        }
    }

    static @Nullable VhostUserRequest request(Message message) {
        return VhostUserRequest.of(message.bytes().getInt(REQUEST));
    }

    private static long size(Message message) {
        return Integer.toUnsignedLong(message.bytes().getInt(SIZE));
    }

    private static int flags(Message message) {
        return message.bytes().getInt(FLAGS);
    }

    /** Whether the front end asks if the request has succeeded. */
    static boolean needsReply(Message message) {
        return (flags(message) & NEED_REPLY) != 0;
    }

    /** A message of our own, as a front end would send it. */
    static byte[] message(VhostUserRequest request, byte[] payload) {
        return ByteBuffer.allocate(LENGTH + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(request.number())
                .putInt(VERSION)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /** Puts the header that answers a message; returns the length of the whole reply. */
    static int answer(Message message, Reply reply) {
        reply.bytes()
                .putInt(REQUEST, message.bytes().getInt(REQUEST))
                .putInt(FLAGS, VERSION | REPLY)
                .putInt(SIZE, reply.payloadLength());
        return LENGTH + reply.payloadLength();
    }
}
