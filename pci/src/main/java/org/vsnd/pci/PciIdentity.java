// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

/**
 * The identity of a function, apart from vendor and device ID.
 *
 * @param classCode base class, subclass and programming interface, 24 bits: 0x040100 is multimedia audio
 * @param subsystemVendorId 16 bits
 * @param subsystemId 16 bits; at least 0x40 for a non-transitional virtio device (PCI-22)
 * @param revision 8 bits; exactly 1 for a virtio device, or older Haiku does not see it
 */
public record PciIdentity(int classCode, int subsystemVendorId, int subsystemId, int revision) {
    /** Checks the ranges above: a wrong identity is our own fault. */
    public PciIdentity {
        checkWidth("class code", classCode, 24);
        checkWidth("subsystem vendor id", subsystemVendorId, 16);
        checkWidth("subsystem id", subsystemId, 16);
        checkWidth("revision", revision, 8);
    }

    private static void checkWidth(String what, int value, int bits) {
        if (value >>> bits != 0) {
            throw new IllegalArgumentException(String.format("%s 0x%x has more than %d bits", what, value, bits));
        }
    }
}
