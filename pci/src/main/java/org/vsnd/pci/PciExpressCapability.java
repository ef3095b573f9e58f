// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

/** PCI Express capability of an endpoint, version 2 (PCI Express 3.0 section 7.8), with function level reset. */
public final class PciExpressCapability {
    /** Bytes of a version 2 capability. */
    public static final int LENGTH = 0x3c;

    /** Device Control, relative to the capability. */
    public static final int DEVICE_CONTROL = 0x08; // le16 RW

    /** Initiate Function Level Reset in Device Control: acts when written as 1, reads 0. */
    public static final int INITIATE_FLR = 1 << 15;

    private static final int FLAGS = 0x02; // le16 R   version 3:0, port type 7:4
    private static final int DEVICE_CAPABILITIES = 0x04; // le32 R
    private static final int LINK_CAPABILITIES = 0x0c; // le32 R
    private static final int LINK_CONTROL = 0x10; // le16 RW
    private static final int LINK_STATUS = 0x12; // le16 R
    private static final int LINK_CAPABILITIES_2 = 0x2c; // le32 R
    private static final int LINK_CONTROL_2 = 0x30; // le16 RW

    private static final int VERSION_2_ENDPOINT = 0x0002;
    private static final int ROLE_BASED_ERROR_REPORTING = 1 << 15;
    private static final int FLR_CAPABLE = 1 << 28;
    // Defaults of the specification: relaxed ordering and no-snoop allowed, reads of up to 512 bytes.
    private static final int DEVICE_CONTROL_DEFAULT = 0x2810;
    private static final int DEVICE_CONTROL_WRITABLE = 0x78ff;
    // One lane at 2.5 GT/s: there is no link, but the fields must name one.
    private static final int LINK_2_5_GT_X1 = 0x11;
    private static final int LINK_CONTROL_WRITABLE = 0x00c3;
    private static final int LINK_SPEEDS_2_5_GT = 1 << 1;

    private PciExpressCapability() {}

    /** A new capability, ready for {@link ConfigSpace#add}. */
    public static Capability create() {
        return new Capability(Capability.ID_PCI_EXPRESS, LENGTH)
                .field(FLAGS, 2, VERSION_2_ENDPOINT)
                .field(DEVICE_CAPABILITIES, 4, FLR_CAPABLE | ROLE_BASED_ERROR_REPORTING)
                .field(DEVICE_CONTROL, 2, DEVICE_CONTROL_DEFAULT, DEVICE_CONTROL_WRITABLE)
                .field(LINK_CAPABILITIES, 4, LINK_2_5_GT_X1)
                .field(LINK_CONTROL, 2, 0, LINK_CONTROL_WRITABLE)
                .field(LINK_STATUS, 2, LINK_2_5_GT_X1)
                .field(LINK_CAPABILITIES_2, 4, LINK_SPEEDS_2_5_GT)
                .field(LINK_CONTROL_2, 2, 1);
    }
}
