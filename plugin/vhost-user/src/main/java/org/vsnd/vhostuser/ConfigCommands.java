// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.Reply;
import org.vsnd.virtio.VirtioDevice;

/** GET_CONFIG and SET_CONFIG. Device thread only. */
final class ConfigCommands {
    static final int HEADER_LENGTH = 12;
    /** As other back ends allow. */
    private static final int MOST_BYTES = 256;

    static final int MOST_LENGTH = HEADER_LENGTH + MOST_BYTES;

    private static final int OFFSET = 0; // u32
    private static final int SIZE = 4; // u32
    private static final int FLAGS = 8; // u32
    private static final int FLAGS_MIGRATION = 1;

    private final VirtioDevice device;

    ConfigCommands(VirtioDevice device) {
        this.device = device;
    }

    /** Bytes beyond the device's own are zero: some front ends ask for 256 whatever the device. */
    void get(Message message, Reply reply) throws ProtocolException {
        int size = checkedSize(message);
        reply.payload(HEADER_LENGTH + size);
        reply.u32(OFFSET, message.u32(OFFSET)).u32(SIZE, size).u32(FLAGS, message.u32(FLAGS));
        for (int i = 0; i < size; i++) {
            reply.number(HEADER_LENGTH + i, 1, configByte(message.u32(OFFSET) + i));
        }
    }

    /** No field of a device without a driver-writable one can be set; a migration may say what is there anyway. */
    void set(Message message, Reply reply) throws ProtocolException {
        int size = checkedSize(message);
        boolean same = (message.u32(FLAGS) & FLAGS_MIGRATION) != 0;
        for (int i = 0; i < size && same; i++) {
            same = (message.u8(HEADER_LENGTH + i) & 0xff) == configByte(message.u32(OFFSET) + i);
        }
        if (!same) {
            reply.error(Errno.EINVAL);
        }
    }

    private int configByte(int offset) {
        return offset < device.configLength() ? device.readConfig(offset) : 0;
    }

    private static int checkedSize(Message message) throws ProtocolException {
        int size = message.payloadLength() - HEADER_LENGTH;
        int offset = message.u32(OFFSET);
        if (message.u32(SIZE) != size || offset < 0 || offset > MOST_BYTES - size) {
            throw new ProtocolException(
                    "it accesses " + Integer.toUnsignedString(message.u32(SIZE)) + " bytes of configuration at "
                            + Integer.toUnsignedString(offset) + " in a message of " + size,
                    Errno.EINVAL);
        }
        return size;
    }
}
