// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/**
 * One entry of the capability list.
 *
 * @param id 0x09 vendor-specific, 0x10 PCI Express, 0x11 MSI-X
 * @param offset where it is in configuration space
 */
public record PciCapability(int id, int offset) {
    /** Vendor-specific: virtio. */
    public static final int VENDOR = 0x09;
    /** PCI Express. */
    public static final int EXPRESS = 0x10;
    /** MSI-X. */
    public static final int MSIX = 0x11;
}
