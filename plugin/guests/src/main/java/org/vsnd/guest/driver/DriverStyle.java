// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/**
 * How a guest's virtio driver goes about its work where the standard leaves a choice.
 *
 * @param addresses how it writes the addresses of rings
 * @param writesDriverFeature whether the driver tells which features it takes (Haiku's does not)
 * @param features those of the rings and the transport that it uses if they are offered, VERSION_1 apart
 * @param pageBytes data buffers are split into one descriptor per page of this many bytes; 0: one descriptor
 * @param msix uses MSI-X if there is any; else INTx and the ISR register
 * @param queueSize writes this queue size if it is smaller than the device's; 0: takes the device's
 */
public record DriverStyle(
        Addresses addresses, boolean writesDriverFeature, long features, int pageBytes, boolean msix, int queueSize) {
    /** How a 64-bit register is written. */
    public enum Addresses {
        /** At once. */
        WIDE,
        LOW_HALF_FIRST,
        HIGH_HALF_FIRST
    }

    /** Linux 6.x: vmalloc'ed periods, indirect tables, event index. */
    public static final DriverStyle LINUX = new DriverStyle(
            Addresses.LOW_HALF_FIRST,
            true,
            Features.INDIRECT_DESC | Features.EVENT_IDX | Features.RING_RESET,
            4096,
            true,
            0);
    /** Haiku's branch: as bare as can be, 64-bit stores, driver_feature never written. */
    public static final DriverStyle HAIKU = new DriverStyle(Addresses.WIDE, false, 0, 0, true, 0);
    /** Nothing optional, but correct: direct chains, flags instead of event index. */
    public static final DriverStyle PLAIN = new DriverStyle(Addresses.HIGH_HALF_FIRST, true, 0, 0, true, 0);

    /** Whether it uses any of these features if they are offered. */
    public boolean uses(long any) {
        return (features & any) != 0;
    }

    /** The same with or without MSI-X. */
    public DriverStyle withMsix(boolean wanted) {
        return new DriverStyle(addresses, writesDriverFeature, features, pageBytes, wanted, queueSize);
    }

    /** The same with or without two features of split rings. */
    public DriverStyle withRing(boolean indirect, boolean eventIdx) {
        long others = features & ~(Features.INDIRECT_DESC | Features.EVENT_IDX);
        long ring = others | (indirect ? Features.INDIRECT_DESC : 0) | (eventIdx ? Features.EVENT_IDX : 0);
        return new DriverStyle(addresses, writesDriverFeature, ring, pageBytes, msix, queueSize);
    }

    /** The same with smaller queues. */
    public DriverStyle withQueueSize(int size) {
        return new DriverStyle(addresses, writesDriverFeature, features, pageBytes, msix, size);
    }

    /** The same with further features. */
    public DriverStyle withFeatures(long further) {
        return new DriverStyle(addresses, writesDriverFeature, features | further, pageBytes, msix, queueSize);
    }
}
