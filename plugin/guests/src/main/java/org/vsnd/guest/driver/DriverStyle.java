// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/**
 * How a guest's virtio driver goes about its work where the standard leaves a choice.
 *
 * @param wideAddresses ring addresses are written with one 8-byte store instead of two 4-byte ones
 * @param highHalfFirst with two stores: the high half first
 * @param writesDriverFeature whether the driver tells which features it takes (Haiku's does not)
 * @param indirect uses VIRTIO_F_INDIRECT_DESC if offered
 * @param eventIdx uses VIRTIO_F_EVENT_IDX if offered
 * @param ringReset negotiates VIRTIO_F_RING_RESET if offered
 * @param pageBytes data buffers are split into one descriptor per page of this many bytes; 0: one descriptor
 * @param msix uses MSI-X if there is any; else INTx and the ISR register
 * @param queueSize writes this queue size if it is smaller than the device's; 0: takes the device's
 * @param features further ones that it uses if offered: any of RING_PACKED, IN_ORDER, NOTIFICATION_DATA, SUSPEND
 */
public record DriverStyle(
        boolean wideAddresses,
        boolean highHalfFirst,
        boolean writesDriverFeature,
        boolean indirect,
        boolean eventIdx,
        boolean ringReset,
        int pageBytes,
        boolean msix,
        int queueSize,
        long features) {
    /** Linux 6.x: vmalloc'ed periods, indirect tables, event index. */
    public static final DriverStyle LINUX = new DriverStyle(false, false, true, true, true, true, 4096, true, 0, 0);
    /** Haiku's branch: as bare as can be, 64-bit stores, driver_feature never written. */
    public static final DriverStyle HAIKU = new DriverStyle(true, false, false, false, false, false, 0, true, 0, 0);
    /** Nothing optional, but correct: direct chains, flags instead of event index. */
    public static final DriverStyle PLAIN = new DriverStyle(false, true, true, false, false, false, 0, true, 0, 0);

    /** The same with or without MSI-X. */
    public DriverStyle withMsix(boolean wanted) {
        return new DriverStyle(
                wideAddresses,
                highHalfFirst,
                writesDriverFeature,
                indirect,
                eventIdx,
                ringReset,
                pageBytes,
                wanted,
                queueSize,
                features);
    }

    /** The same with the ring features given. */
    public DriverStyle withRing(boolean wantIndirect, boolean wantEventIdx) {
        return new DriverStyle(
                wideAddresses,
                highHalfFirst,
                writesDriverFeature,
                wantIndirect,
                wantEventIdx,
                ringReset,
                pageBytes,
                msix,
                queueSize,
                features);
    }

    /** The same with smaller queues. */
    public DriverStyle withQueueSize(int size) {
        return new DriverStyle(
                wideAddresses,
                highHalfFirst,
                writesDriverFeature,
                indirect,
                eventIdx,
                ringReset,
                pageBytes,
                msix,
                size,
                features);
    }

    /** The same with further features. */
    public DriverStyle withFeatures(long further) {
        return new DriverStyle(
                wideAddresses,
                highHalfFirst,
                writesDriverFeature,
                indirect,
                eventIdx,
                ringReset,
                pageBytes,
                msix,
                queueSize,
                further);
    }
}
