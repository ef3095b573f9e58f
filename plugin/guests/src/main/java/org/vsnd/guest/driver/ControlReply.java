// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The answer to a control request. */
public final class ControlReply {
    private final int usedLength;
    private final byte[] room;

    /**
     * Everything the device was given to write to.
     *
     * @param usedLength bytes the device says it has written
     * @param room all writable bytes, those not written 0xff
     */
    public ControlReply(int usedLength, byte[] room) {
        this.usedLength = usedLength;
        this.room = room;
    }

    /** Bytes the device says it has written. */
    public int usedLength() {
        return usedLength;
    }

    /** The status code, or -1 if there was no room for one. */
    public int status() {
        return usedLength < 4 ? -1 : bytes().getInt(0);
    }

    /** All writable bytes, little-endian. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(room).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Bytes after the status, as far as written. */
    public byte[] payload() {
        return Arrays.copyOfRange(room, 4, Math.max(usedLength, 4));
    }

    /** Bytes beyond those written. */
    public byte[] unused() {
        return Arrays.copyOfRange(room, usedLength, room.length);
    }
}
