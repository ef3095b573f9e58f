// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/**
 * struct virtq_used and struct virtq_used_elem, VIRTIO 1.4 section 2.7.8: what the device gives back. Offsets in bytes,
 * little-endian.
 */
final class VirtqUsed {
    static final int FLAGS = 0; // le16
    static final int IDX = 2; // le16
    static final int RING = 4; // virtq_used_elem each

    static final int ELEM_ID = 0; // le32
    static final int ELEM_LEN = 4; // le32
    static final int ELEM_LENGTH = 8;

    /** Alignment of the used ring. */
    static final int ALIGN = 4;

    private VirtqUsed() {}

    /** Offset of the ring's element, 0..size. */
    static int ring(int entry) {
        return RING + ELEM_LENGTH * entry;
    }

    /** Offset of avail_event, le16, which follows the ring. */
    static int availEvent(int size) {
        return ring(size);
    }

    /** Bytes, including avail_event. */
    static int length(int size) {
        return availEvent(size) + 2;
    }
}
