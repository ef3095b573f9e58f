// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.spi.PciFunction;

/**
 * What a host needs to know of a function's configuration space.
 *
 * @param msixVectors entries of its MSI-X table; 0: no MSI-X
 * @param notifyBar the BAR with the virtio notification area; -1: not a virtio device
 * @param notifyOffset where that area begins, bytes
 * @param notifyLength bytes
 */
record PciLayout(int msixVectors, int notifyBar, long notifyOffset, long notifyLength) {
    private static final int PCI_CAPABILITY_LIST = 0x34; // u8
    private static final int PCI_INTERRUPT_PIN = 0x3d; // u8
    private static final int PCI_STD_HEADER_SIZEOF = 0x40;
    private static final int PCI_CAP_ID_VNDR = 0x09;
    private static final int PCI_CAP_ID_MSIX = 0x11;
    private static final int PCI_MSIX_FLAGS = 2; // le16
    private static final int PCI_MSIX_FLAGS_QSIZE = 0x7ff;
    private static final int VIRTIO_PCI_CAP_CFG_TYPE = 3; // u8
    private static final int VIRTIO_PCI_CAP_BAR = 4; // u8
    private static final int VIRTIO_PCI_CAP_OFFSET = 8; // le32
    private static final int VIRTIO_PCI_CAP_LENGTH = 12; // le32
    private static final int VIRTIO_PCI_CAP_NOTIFY_CFG = 2;
    /** The most that fit in 256 bytes; a longer chain is a loop. */
    private static final int MAX_CAPABILITIES = 48;

    static PciLayout of(PciFunction function) {
        int vectors = 0;
        int notifyBar = -1;
        long notifyOffset = 0;
        long notifyLength = 0;
        int at = function.readConfig(PCI_CAPABILITY_LIST, 1) & 0xfc;
        for (int i = 0; i < MAX_CAPABILITIES && at >= PCI_STD_HEADER_SIZEOF; i++) {
            int id = function.readConfig(at, 1);
            if (id == PCI_CAP_ID_MSIX) {
                vectors = (function.readConfig(at + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_QSIZE) + 1;
            } else if (id == PCI_CAP_ID_VNDR
                    && function.readConfig(at + VIRTIO_PCI_CAP_CFG_TYPE, 1) == VIRTIO_PCI_CAP_NOTIFY_CFG) {
                notifyBar = function.readConfig(at + VIRTIO_PCI_CAP_BAR, 1);
                notifyOffset = Integer.toUnsignedLong(function.readConfig(at + VIRTIO_PCI_CAP_OFFSET, 4));
                notifyLength = Integer.toUnsignedLong(function.readConfig(at + VIRTIO_PCI_CAP_LENGTH, 4));
            }
            at = function.readConfig(at + 1, 1) & 0xfc;
        }
        return new PciLayout(vectors, notifyBar, notifyOffset, notifyLength);
    }

    /** Whether the function has an INTx pin now. */
    static boolean hasInterruptPin(PciFunction function) {
        return function.readConfig(PCI_INTERRUPT_PIN, 1) != 0;
    }

    boolean isNotify(int bar, long offset) {
        return bar == notifyBar && offset >= notifyOffset && offset - notifyOffset < notifyLength;
    }
}
