// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.ReceivedFds;

/** The message being received or handled, one after the other in the same memory. Device thread only. */
final class Message {
    /**
     * The largest number of data bytes in one message: no region is larger, and each card keeps room for two messages.
     */
    static final int MAX_DATA_XFER_SIZE = 1 << 16;
    /** Room for the largest message: data, the header and a command's own fields. */
    static final int MAX_LENGTH = MAX_DATA_XFER_SIZE + 64;

    private final NativeBuffer memory = new NativeBuffer(MAX_LENGTH);
    private final ByteBuffer bytes = memory.bytes();
    private final ReceivedFds fds = new ReceivedFds();

    NativeBuffer memory() {
        return memory;
    }

    ReceivedFds fds() {
        return fds;
    }

    int id() {
        return Short.toUnsignedInt(bytes.getShort(Header.ID));
    }

    int command() {
        return Short.toUnsignedInt(bytes.getShort(Header.COMMAND));
    }

    /** The size as sent: unsigned and not checked. */
    long size() {
        return Integer.toUnsignedLong(bytes.getInt(Header.SIZE));
    }

    int flags() {
        return bytes.getInt(Header.FLAGS);
    }

    boolean wantsReply() {
        return (flags() & Header.NO_REPLY) == 0;
    }

    /** For the log: says what a header holds that is not {@code expected}. */
    String describe(String expected) {
        return String.format(
                "what it sent is not %s (command %d, size %d, flags 0x%x)", expected, command(), size(), flags());
    }

    int payloadLength() {
        return (int) size() - Header.LENGTH;
    }

    byte u8(int payloadOffset) {
        return bytes.get(Header.LENGTH + payloadOffset);
    }

    int u16(int payloadOffset) {
        return Short.toUnsignedInt(bytes.getShort(Header.LENGTH + payloadOffset));
    }

    int u32(int payloadOffset) {
        return bytes.getInt(Header.LENGTH + payloadOffset);
    }

    long u64(int payloadOffset) {
        return bytes.getLong(Header.LENGTH + payloadOffset);
    }

    /** A copy of part of the payload; allocates. */
    byte[] copy(int payloadOffset, int length) {
        byte[] copy = new byte[length];
        bytes.get(Header.LENGTH + payloadOffset, copy);
        return copy;
    }

    /** A little-endian number of 1, 2, 4 or 8 bytes, zero-extended. */
    long number(int payloadOffset, int size) {
        return switch (size) {
            case 1 -> Byte.toUnsignedLong(u8(payloadOffset));
            case 2 -> u16(payloadOffset);
            case 4 -> Integer.toUnsignedLong(u32(payloadOffset));
            default -> u64(payloadOffset);
        };
    }
}
