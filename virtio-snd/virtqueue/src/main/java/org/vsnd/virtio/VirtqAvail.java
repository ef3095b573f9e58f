// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/** struct virtq_avail, VIRTIO 1.4 section 2.7.6: what the driver offers. Offsets in bytes, little-endian. */
final class VirtqAvail {
    static final int FLAGS = 0; // le16
    static final int IDX = 2; // le16
    static final int RING = 4; // le16 each

    /** Alignment of the available ring. */
    static final int ALIGN = 2;

    private VirtqAvail() {}

    /** Offset of the ring's entry, 0..size. */
    static int ring(int entry) {
        return RING + 2 * entry;
    }

    /** Offset of used_event, le16, which follows the ring. */
    static int usedEvent(int size) {
        return ring(size);
    }

    /** Bytes, including used_event. */
    static int length(int size) {
        return usedEvent(size) + 2;
    }
}
