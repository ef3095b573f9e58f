// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import org.vsnd.pci.Capability;

/** struct virtio_pci_cap and its two extensions, VIRTIO 1.4 section 4.1.4. Offsets in bytes; LE (PCI-25). */
final class VirtioPciCap {
    static final int CAP_LEN = 2; // u8 R
    static final int CFG_TYPE = 3; // u8 R
    static final int BAR = 4; // u8 R   RW in PCI_CFG
    static final int ID = 5; // u8 R
    static final int OFFSET = 8; // le32 R   RW in PCI_CFG
    static final int LENGTH = 12; // le32 R   RW in PCI_CFG
    static final int TOTAL = 16;
    static final int NOTIFY_OFF_MULTIPLIER = 16; // le32 R   only NOTIFY_CFG
    static final int PCI_CFG_DATA = 16; // u8[4] RW   only PCI_CFG
    static final int EXTENDED_TOTAL = 20;

    static final int VIRTIO_PCI_CAP_COMMON_CFG = 1;
    static final int VIRTIO_PCI_CAP_NOTIFY_CFG = 2;
    static final int VIRTIO_PCI_CAP_ISR_CFG = 3;
    static final int VIRTIO_PCI_CAP_DEVICE_CFG = 4;
    static final int VIRTIO_PCI_CAP_PCI_CFG = 5;

    private VirtioPciCap() {}

    /** Says where a structure is. */
    static Capability structure(int cfgType, int bar, int offset, int length) {
        return header(cfgType, TOTAL)
                .field(BAR, 1, bar)
                .field(OFFSET, 4, offset)
                .field(LENGTH, 4, length);
    }

    /** Says where the notification addresses are. */
    static Capability notify(int bar, int offset, int length, int multiplier) {
        return header(VIRTIO_PCI_CAP_NOTIFY_CFG, EXTENDED_TOTAL)
                .field(BAR, 1, bar)
                .field(OFFSET, 4, offset)
                .field(LENGTH, 4, length)
                .field(NOTIFY_OFF_MULTIPLIER, 4, multiplier);
    }

    /** The window through which the driver reaches the BARs from configuration space. */
    static Capability pciCfg() {
        return header(VIRTIO_PCI_CAP_PCI_CFG, EXTENDED_TOTAL)
                .field(BAR, 1, 0, ~0)
                .field(OFFSET, 4, 0, ~0)
                .field(LENGTH, 4, 0, ~0)
                .field(PCI_CFG_DATA, 4, 0, ~0);
    }

    private static Capability header(int cfgType, int length) {
        return new Capability(Capability.ID_VENDOR, length)
                .field(CAP_LEN, 1, length)
                .field(CFG_TYPE, 1, cfgType);
    }
}
