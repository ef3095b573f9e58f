// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.Reply;

/** The 16 bytes with which every message begins. Offsets in bytes; little endian. */
final class Header {
    static final int ID = 0; // le16
    static final int COMMAND = 2; // le16
    static final int SIZE = 4; // le32 with the header
    static final int FLAGS = 8; // le32
    static final int ERROR = 12; // le32
    static final int LENGTH = 16;

    static final int TYPE_MASK = 0xf;
    static final int TYPE_COMMAND = 0;
    static final int TYPE_REPLY = 1;
    static final int NO_REPLY = 0x10;
    static final int ERROR_REPLY = 0x20;

    /**
     * The largest number of data bytes in one message: no region is larger, and each card keeps room for two messages.
     */
    static final int MAX_DATA_XFER_SIZE = 1 << 16;
    /** Room for the largest message: data, the header and a command's own fields. */
    static final int MAX_LENGTH = MAX_DATA_XFER_SIZE + 64;

    private Header() {}

    static int command(Message message) {
        return Short.toUnsignedInt(message.bytes().getShort(COMMAND));
    }

    /** The size as sent: unsigned and not checked. */
    static long size(Message message) {
        return Integer.toUnsignedLong(message.bytes().getInt(SIZE));
    }

    private static int flags(Message message) {
        return message.bytes().getInt(FLAGS);
    }

    /** Whether it is a command, and not shorter than a header. */
    static boolean isCommand(Message message) {
        return (flags(message) & TYPE_MASK) == TYPE_COMMAND && size(message) >= LENGTH;
    }

    /** Checks the header of a message that follows the first one. */
    static void checkCommand(Message message) throws ProtocolException {
        if (!isCommand(message) || size(message) > MAX_LENGTH) {
            throw new ProtocolException(describe(message, "a vfio-user command"));
        }
    }

    /** For the log: says what a header holds that is not {@code expected}. */
    static String describe(Message message, String expected) {
        return String.format(
                "what it sent is not %s (command %d, size %d, flags 0x%x)",
                expected, command(message), size(message), flags(message));
    }

    /** Puts the header that answers a message; returns the whole length, or 0 if the message wants no reply. */
    static int answer(Message message, Reply reply) {
        if ((flags(message) & NO_REPLY) != 0) {
            return 0;
        }
        int errno = reply.errno();
        int length = LENGTH + (errno == 0 ? reply.payloadLength() : 0);
        reply.bytes()
                .putShort(ID, message.bytes().getShort(ID))
                .putShort(COMMAND, message.bytes().getShort(COMMAND))
                .putInt(SIZE, length)
                .putInt(FLAGS, TYPE_REPLY | (errno == 0 ? 0 : ERROR_REPLY))
                .putInt(ERROR, errno);
        return length;
    }
}
