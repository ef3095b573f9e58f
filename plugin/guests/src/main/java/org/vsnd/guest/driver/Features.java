// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/** Feature bits as masks, VIRTIO 1.4 section 6. */
public final class Features {
    /** Of the sound device: it has control elements. */
    public static final long SND_CTLS = 1L;

    public static final long INDIRECT_DESC = 1L << 28;
    public static final long EVENT_IDX = 1L << 29;
    public static final long VERSION_1 = 1L << 32;
    public static final long RING_RESET = 1L << 40;

    private Features() {}
}
