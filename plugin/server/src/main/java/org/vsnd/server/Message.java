// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.ReceivedFds;

/**
 * The message being received or handled, one after the other in the same memory: a header, a payload and the descriptors that
 * came with them. Offsets in bytes from the payload's start, little-endian. Device thread only.
 */
public final class Message {
    private final int headerLength;
    private final NativeBuffer memory;
    private final ByteBuffer bytes;
    private final ReceivedFds fds = new ReceivedFds();
    private int length;

    Message(int headerLength, int mostLength) {
        this.headerLength = headerLength;
        memory = new NativeBuffer(mostLength);
        bytes = memory.bytes();
    }

    NativeBuffer memory() {
        return memory;
    }

    /**
     * Takes a message from elsewhere instead.
     *
     * @param whole with its header
     * @param descriptors now this object's
     */
    public void load(byte[] whole, int[] descriptors) {
        bytes.put(0, whole);
        length = whole.length;
        fds.closeAll();
        for (int fd : descriptors) {
            fds.add(fd);
        }
    }

    /** A copy of all of it; allocates. */
    public byte[] whole() {
        byte[] copy = new byte[length];
        bytes.get(0, copy);
        return copy;
    }

    /** Sets the length of the whole message, including the header. */
    void length(int length) {
        this.length = length;
    }

    int length() {
        return length;
    }

    /** The whole message from its header on, little-endian; position and limit mean nothing. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** The descriptors that came with it; those that are not taken are closed when it is handled. */
    public ReceivedFds fds() {
        return fds;
    }

    /** Bytes after the header. */
    public int payloadLength() {
        return length - headerLength;
    }

    /** A byte of the payload. */
    public byte u8(int payloadOffset) {
        return bytes.get(headerLength + payloadOffset);
    }

    /** Two bytes, zero-extended. */
    public int u16(int payloadOffset) {
        return Short.toUnsignedInt(bytes.getShort(headerLength + payloadOffset));
    }

    /** Four bytes. */
    public int u32(int payloadOffset) {
        return bytes.getInt(headerLength + payloadOffset);
    }

    /** Eight bytes. */
    public long u64(int payloadOffset) {
        return bytes.getLong(headerLength + payloadOffset);
    }

    /** A copy of part of the payload; allocates. */
    public byte[] copy(int payloadOffset, int length) {
        byte[] copy = new byte[length];
        bytes.get(headerLength + payloadOffset, copy);
        return copy;
    }

    /** A number of 1, 2, 4 or 8 bytes, zero-extended. */
    public long number(int payloadOffset, int size) {
        return switch (size) {
            case 1 -> Byte.toUnsignedLong(u8(payloadOffset));
            case 2 -> u16(payloadOffset);
            case 4 -> Integer.toUnsignedLong(u32(payloadOffset));
            default -> u64(payloadOffset);
        };
    }
}
