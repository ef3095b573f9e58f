// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.NativeBuffer;

/** The answer being made, one after the other in the same memory: a payload, or an error. Device thread only. */
final class Reply {
    private final NativeBuffer memory = new NativeBuffer(Message.MAX_LENGTH);
    private final ByteBuffer bytes = memory.bytes();
    private int payloadLength;
    private int errno;

    NativeBuffer memory() {
        return memory;
    }

    /** Starts a new reply: success without payload. */
    void clear() {
        payloadLength = 0;
        errno = 0;
    }

    /** Makes it an error reply, which has no payload. */
    void error(int error) {
        errno = error;
    }

    /** Sets the payload's length; its bytes are zero until put. */
    void payload(int length) {
        payloadLength = length;
        for (int i = 0; i < length; i++) {
            bytes.put(Header.LENGTH + i, (byte) 0);
        }
    }

    Reply u16(int payloadOffset, int value) {
        bytes.putShort(Header.LENGTH + payloadOffset, (short) value);
        return this;
    }

    Reply u32(int payloadOffset, int value) {
        bytes.putInt(Header.LENGTH + payloadOffset, value);
        return this;
    }

    Reply u64(int payloadOffset, long value) {
        bytes.putLong(Header.LENGTH + payloadOffset, value);
        return this;
    }

    void copy(int payloadOffset, byte[] source) {
        bytes.put(Header.LENGTH + payloadOffset, source);
    }

    /** Puts a little-endian number of 1, 2, 4 or 8 bytes. */
    void number(int payloadOffset, int size, long value) {
        switch (size) {
            case 1 -> bytes.put(Header.LENGTH + payloadOffset, (byte) value);
            case 2 -> u16(payloadOffset, (short) value);
            case 4 -> u32(payloadOffset, (int) value);
            default -> u64(payloadOffset, value);
        }
    }

    /** Writes the header that answers a message; returns the whole length. */
    int finish(Message message) {
        int length = Header.LENGTH + (errno == 0 ? payloadLength : 0);
        bytes.putShort(Header.ID, (short) message.id());
        bytes.putShort(Header.COMMAND, (short) message.command());
        bytes.putInt(Header.SIZE, length);
        bytes.putInt(Header.FLAGS, Header.TYPE_REPLY | (errno == 0 ? 0 : Header.ERROR_REPLY));
        bytes.putInt(Header.ERROR, errno);
        return length;
    }
}
