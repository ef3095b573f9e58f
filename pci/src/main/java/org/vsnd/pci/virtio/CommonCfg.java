// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

/** struct virtio_pci_common_cfg, VIRTIO 1.4 section 4.1.4.3. Offsets in bytes; LE; driver access: R, W or RW. */
final class CommonCfg {
    static final int DEVICE_FEATURE_SELECT = 0x00; // le32 RW
    static final int DEVICE_FEATURE = 0x04; // le32 R
    static final int DRIVER_FEATURE_SELECT = 0x08; // le32 RW
    static final int DRIVER_FEATURE = 0x0c; // le32 RW
    static final int CONFIG_MSIX_VECTOR = 0x10; // le16 RW  NO_VECTOR when refused
    static final int NUM_QUEUES = 0x12; // le16 R
    static final int DEVICE_STATUS = 0x14; // u8 RW  0 resets
    static final int CONFIG_GENERATION = 0x15; // u8 R

    static final int QUEUE_SELECT = 0x16; // le16 RW
    static final int QUEUE_SIZE = 0x18; // le16 RW
    static final int QUEUE_MSIX_VECTOR = 0x1a; // le16 RW  NO_VECTOR when refused
    static final int QUEUE_ENABLE = 0x1c; // le16 RW  only 1 acts
    static final int QUEUE_NOTIFY_OFF = 0x1e; // le16 R
    static final int QUEUE_DESC = 0x20; // le64 RW
    static final int QUEUE_DRIVER = 0x28; // le64 RW
    static final int QUEUE_DEVICE = 0x30; // le64 RW

    static final int QUEUE_NOTIF_CONFIG_DATA = 0x38; // le16 R  0, not offered
    static final int QUEUE_RESET = 0x3a; // le16 RW
    static final int ADMIN_QUEUE_INDEX = 0x3c; // le16 R  0, not offered
    static final int ADMIN_QUEUE_NUM = 0x3e; // le16 R  0, not offered

    static final int LENGTH = 0x40;

    /** The value of a vector register that is not mapped. */
    static final int NO_VECTOR = 0xffff;

    private static final int[] REGISTERS = {
        DEVICE_FEATURE_SELECT,
        DEVICE_FEATURE,
        DRIVER_FEATURE_SELECT,
        DRIVER_FEATURE,
        CONFIG_MSIX_VECTOR,
        NUM_QUEUES,
        DEVICE_STATUS,
        CONFIG_GENERATION,
        QUEUE_SELECT,
        QUEUE_SIZE,
        QUEUE_MSIX_VECTOR,
        QUEUE_ENABLE,
        QUEUE_NOTIFY_OFF,
        QUEUE_DESC,
        QUEUE_DRIVER,
        QUEUE_DEVICE,
        QUEUE_NOTIF_CONFIG_DATA,
        QUEUE_RESET,
        ADMIN_QUEUE_INDEX,
        ADMIN_QUEUE_NUM,
    };
    private static final byte[] REGISTER_AT = new byte[LENGTH];
    private static final byte[] WIDTH_AT = new byte[LENGTH];

    static {
        for (int i = 0; i < REGISTERS.length; i++) {
            int end = i + 1 < REGISTERS.length ? REGISTERS[i + 1] : LENGTH;
            for (int offset = REGISTERS[i]; offset < end; offset++) {
                REGISTER_AT[offset] = (byte) REGISTERS[i];
                WIDTH_AT[offset] = (byte) (end - REGISTERS[i]);
            }
        }
    }

    private CommonCfg() {}

    /** Offset of the register that holds the byte at {@code offset}, 0..{@code LENGTH - 1}. */
    static int registerAt(int offset) {
        return REGISTER_AT[offset];
    }

    /** Bytes of the register that holds the byte at {@code offset}. */
    static int widthAt(int offset) {
        return WIDTH_AT[offset];
    }
}
