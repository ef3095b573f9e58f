// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/** struct pvirtq_desc, VIRTIO 1.4 section 2.8.13: one descriptor of a packed ring. Offsets in bytes, little-endian. */
final class PvirtqDesc {
    static final int ADDR = 0; // le64
    static final int LEN = 8; // le32
    static final int ID = 12; // le16
    static final int FLAGS = 14; // le16
    static final int LENGTH = 16;

    /** Alignment of the descriptor ring. */
    static final int ALIGN = 16;

    // VIRTQ_DESC_F_NEXT, WRITE and INDIRECT are those of VirtqDesc.

    /** In an available descriptor the driver's wrap counter, in a used one the device's. */
    static final int VIRTQ_DESC_F_AVAIL = 1 << 7;
    /** In an available descriptor the inverse of the driver's wrap counter, in a used one the device's wrap counter. */
    static final int VIRTQ_DESC_F_USED = 1 << 15;

    private PvirtqDesc() {}
}
