// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/**
 * struct pvirtq_event_suppress, VIRTIO 1.4 section 2.8.14: one side's wish to be told. The driver area and the device area
 * of a packed ring are one each. Offsets in bytes, little-endian.
 */
final class PvirtqEventSuppress {
    static final int DESC = 0; // le16  a place in the ring: offset in bits 0..14, wrap counter in bit 15
    static final int FLAGS = 2; // le16  bits 0..1
    static final int LENGTH = 4;

    /** Alignment of either area. */
    static final int ALIGN = 4;

    static final int RING_EVENT_FLAGS_ENABLE = 0;
    static final int RING_EVENT_FLAGS_DISABLE = 1;
    /** Only when the descriptor at {@link #DESC} is made available, or used; with VIRTIO_F_EVENT_IDX. */
    static final int RING_EVENT_FLAGS_DESC = 2;

    static final int FLAGS_MASK = 3;
    static final int WRAP = 1 << 15;

    private PvirtqEventSuppress() {}
}
