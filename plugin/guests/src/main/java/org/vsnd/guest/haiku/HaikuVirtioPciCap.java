// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/**
 * struct virtio_pci_cap as the transport's search left it.
 *
 * @param offset bytes from the start of the BAR
 * @param length bytes of the structure
 * @param notifyOffMultiplier what was read of it; {@link #NOT_READ} if nothing was
 */
record HaikuVirtioPciCap(int bar, long offset, long length, int notifyOffMultiplier) {
    static final int COMMON_CFG = 1;
    static final int NOTIFY_CFG = 2;
    static final int ISR_CFG = 3;
    static final int DEVICE_CFG = 4;

    /** The field is whatever the stack held. */
    static final int NOT_READ = -1;

    /** Bytes without the multiplier. */
    static final int LENGTH = 16;

    /** First byte behind the structure. */
    long end() {
        return offset + length;
    }
}
