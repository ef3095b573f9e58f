// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/**
 * struct virtio_pci_cap, VIRTIO 1.4 section 4.1.4.
 *
 * @param offset where the capability is in configuration space
 * @param capLength its length there
 * @param type 1 common, 2 notify, 3 ISR, 4 device, 5 PCI_CFG
 * @param start offset of the structure in its BAR
 * @param length of the structure
 */
public record VirtioCapability(int offset, int capLength, int type, int bar, long start, long length) {
    /** cfg_type: common configuration. */
    public static final int COMMON = 1;
    /** cfg_type: notifications. */
    public static final int NOTIFY = 2;
    /** cfg_type: ISR status. */
    public static final int ISR = 3;
    /** cfg_type: device-specific configuration. */
    public static final int DEVICE = 4;
    /** cfg_type: window into the BARs. */
    public static final int PCI_CFG = 5;
}
