// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vhostuser;

/**
 * A ring as the guest's driver has set it up.
 *
 * @param size descriptors
 * @param desc guest-physical address of the descriptor table
 * @param avail of the available ring
 * @param used of the used ring
 */
public record FrontEndRing(int size, long desc, long avail, long used) {
    /** Whether the driver has set it up at all: as QEMU tells. */
    boolean isSetUp() {
        return desc != 0;
    }
}
