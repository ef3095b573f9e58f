// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * The answer being made, one after the other in the same memory: a payload, or an error. Offsets in bytes from the payload's
 * start, little-endian. Device thread only.
 */
public final class Reply {
    private static final int NO_FD = -1;

    private final int headerLength;
    private final NativeBuffer memory;
    private final ByteBuffer bytes;
    private int payloadLength;
    private int errno;
    private int fd = NO_FD;

    Reply(int headerLength, int mostLength) {
        this.headerLength = headerLength;
        memory = new NativeBuffer(mostLength);
        bytes = memory.bytes();
    }

    NativeBuffer memory() {
        return memory;
    }

    /** Starts a new reply: success without payload. */
    void clear() {
        payloadLength = 0;
        errno = 0;
        fd = NO_FD;
    }

    /** The whole reply from its header on, little-endian; position and limit mean nothing. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Makes it an error reply, without a payload. */
    public void error(int errno) {
        this.errno = errno;
        payloadLength = 0;
    }

    /** The errno of {@link #error}, or 0. */
    public int errno() {
        return errno;
    }

    /**
     * Adds a descriptor, which stays the caller's.
     *
     * @param descriptor open until the reply is sent: until the next message, or until the client is gone
     */
    public void descriptor(int descriptor) {
        fd = descriptor;
    }

    /** Whether a descriptor goes with it. */
    public boolean hasDescriptor() {
        return fd != NO_FD;
    }

    /** The descriptor of {@link #descriptor(int)}. */
    public int descriptor() {
        return fd;
    }

    /** Sets the payload's length; its bytes are zero until put. */
    public void payload(int length) {
        payloadLength = length;
        for (int i = 0; i < length; i++) {
            bytes.put(headerLength + i, (byte) 0);
        }
    }

    /** Bytes of the payload. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Puts two bytes. */
    public Reply u16(int payloadOffset, int value) {
        bytes.putShort(headerLength + payloadOffset, (short) value);
        return this;
    }

    /** Puts four bytes. */
    public Reply u32(int payloadOffset, int value) {
        bytes.putInt(headerLength + payloadOffset, value);
        return this;
    }

    /** Puts eight bytes. */
    public Reply u64(int payloadOffset, long value) {
        bytes.putLong(headerLength + payloadOffset, value);
        return this;
    }

    /** Puts all of an array. */
    public void copy(int payloadOffset, byte[] source) {
        bytes.put(headerLength + payloadOffset, source);
    }

    /** Puts a number of 1, 2, 4 or 8 bytes. */
    public void number(int payloadOffset, int size, long value) {
        switch (size) {
            case 1 -> bytes.put(headerLength + payloadOffset, (byte) value);
            case 2 -> u16(payloadOffset, (short) value);
            case 4 -> u32(payloadOffset, (int) value);
            default -> u64(payloadOffset, value);
        }
    }
}
