// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;

/**
 * struct virtio_snd_query_info, 5.14.6.1: requests {@code count} items from {@code startId} on. Fields are unsigned
 * 32-bit numbers.
 *
 * @param size an item's size in bytes as the driver sees it: the distance between items in the reply
 */
record QueryInfo(long startId, long count, long size) {
    static final int LENGTH = 16;
    private static final int START_ID = 4; // le32
    private static final int COUNT = 8; // le32
    private static final int SIZE = 12; // le32

    /** Decodes a little-endian buffer of at least {@link #LENGTH} bytes. */
    static QueryInfo decode(ByteBuffer request) {
        return new QueryInfo(
                Integer.toUnsignedLong(request.getInt(START_ID)),
                Integer.toUnsignedLong(request.getInt(COUNT)),
                Integer.toUnsignedLong(request.getInt(SIZE)));
    }
}
