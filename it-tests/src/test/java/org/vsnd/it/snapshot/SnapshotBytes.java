// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** What a forger knows of the format: the header, and how to make length and checksum right again. */
final class SnapshotBytes {
    static final int VERSION_AT = 8;
    static final int LENGTH_AT = 12;
    static final int CHECKSUM_AT = 16;
    static final int HEADER_LENGTH = 20;

    private SnapshotBytes() {}

    /** Makes length and checksum right; returns the same array. */
    static byte[] forge(byte[] snapshot) {
        CRC32 crc = new CRC32();
        crc.update(snapshot, HEADER_LENGTH, snapshot.length - HEADER_LENGTH);
        ByteBuffer.wrap(snapshot)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(LENGTH_AT, snapshot.length - HEADER_LENGTH)
                .putInt(CHECKSUM_AT, (int) crc.getValue());
        return snapshot;
    }
}
