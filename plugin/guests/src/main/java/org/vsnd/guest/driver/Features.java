// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/** Feature bits as masks, VIRTIO 1.4 section 6. */
public final class Features {
    /** Of the sound device: it has control elements. */
    public static final long SND_CTLS = 1L;

    public static final long INDIRECT_DESC = 1L << 28;
    public static final long EVENT_IDX = 1L << 29;
    public static final long VERSION_1 = 1L << 32;
    public static final long RING_PACKED = 1L << 34;
    public static final long IN_ORDER = 1L << 35;
    public static final long NOTIFICATION_DATA = 1L << 38;
    public static final long RING_RESET = 1L << 40;
    public static final long SUSPEND = 1L << 43;

    private Features() {}
}
