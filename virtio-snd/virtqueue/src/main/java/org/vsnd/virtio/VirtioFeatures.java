// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/** Reserved feature bits, VIRTIO 1.4 section 6, as masks. */
public final class VirtioFeatures {
    /** A driver may use one descriptor that names a table of descriptors. */
    public static final long VIRTIO_F_INDIRECT_DESC = 1L << 28;
    /** {@code used_event} and {@code avail_event} say when to notify. */
    public static final long VIRTIO_F_EVENT_IDX = 1L << 29;
    /** Not a legacy device. */
    public static final long VIRTIO_F_VERSION_1 = 1L << 32;
    /** Queues have the packed format. */
    public static final long VIRTIO_F_RING_PACKED = 1L << 34;
    /** Buffers are used in the order in which they were made available. */
    public static final long VIRTIO_F_IN_ORDER = 1L << 35;
    /** A notification says how far the driver is. */
    public static final long VIRTIO_F_NOTIFICATION_DATA = 1L << 38;
    /** A driver may reset one queue. */
    public static final long VIRTIO_F_RING_RESET = 1L << 40;
    /** A driver may suspend the device. */
    public static final long VIRTIO_F_SUSPEND = 1L << 43;

    private VirtioFeatures() {}
}
