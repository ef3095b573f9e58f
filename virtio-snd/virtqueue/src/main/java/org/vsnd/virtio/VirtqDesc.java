// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/** struct virtq_desc, VIRTIO 1.4 section 2.7.5: one descriptor of a table. Offsets in bytes, little-endian. */
final class VirtqDesc {
    static final int ADDR = 0; // le64
    static final int LEN = 8; // le32
    static final int FLAGS = 12; // le16
    static final int NEXT = 14; // le16
    static final int LENGTH = 16;

    /** Alignment of the descriptor table. */
    static final int ALIGN = 16;

    /** The chain goes on at {@link #NEXT}. */
    static final int VIRTQ_DESC_F_NEXT = 1;
    /** The buffer is device-writable. */
    static final int VIRTQ_DESC_F_WRITE = 2;
    /** The buffer holds a table of descriptors. */
    static final int VIRTQ_DESC_F_INDIRECT = 4;

    private VirtqDesc() {}
}
