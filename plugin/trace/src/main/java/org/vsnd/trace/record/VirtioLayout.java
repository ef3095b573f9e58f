// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import static org.vsnd.guest.driver.VirtioPciCommonCfg.DEVICE_STATUS;

import org.vsnd.spi.PciFunction;

/**
 * Where a function keeps what the recorder looks at, by its own capability list (VIRTIO 1.4 section 4.1.4). A structure
 * that the function does not have is of length 0 in BAR -1.
 *
 * @param deviceControl offset of the PCI Express capability's Device Control; -1: no such capability
 */
record VirtioLayout(Area common, Area notifications, int deviceControl) {
    /** A structure in a BAR; bytes. */
    record Area(int bar, long offset, long length) {
        private static final Area NONE = new Area(-1, 0, 0);

        boolean contains(int inBar, long at) {
            return inBar == bar && at >= offset && at - offset < length;
        }

        /** Whether an access of {@code size} bytes touches any of it. */
        boolean touchedBy(int inBar, long at, int size) {
            return inBar == bar && at < offset + length && at > offset - size;
        }
    }

    private static final int CAPABILITY_POINTER = 0x34; // u8
    private static final int FIRST_CAPABILITY = 0x40;
    /** So many fit in 256 bytes; a longer chain runs in a circle. */
    private static final int MAX_CAPABILITIES = 48;

    private static final int EXPRESS = 0x10;
    private static final int EXPRESS_DEVICE_CONTROL = 8; // le16
    private static final int INITIATE_FLR = 1 << 7; // of its high byte
    private static final int VENDOR = 0x09;
    private static final int CFG_TYPE = 3; // u8
    private static final int BAR = 4; // u8
    private static final int OFFSET = 8; // le32
    private static final int LENGTH = 12; // le32
    private static final int COMMON_CFG = 1;
    private static final int NOTIFY_CFG = 2;

    static VirtioLayout of(PciFunction function) {
        Area common = Area.NONE;
        Area notifications = Area.NONE;
        int deviceControl = -1;
        int at = function.readConfig(CAPABILITY_POINTER, 1) & 0xfc;
        for (int i = 0; i < MAX_CAPABILITIES && at >= FIRST_CAPABILITY; i++) {
            int id = function.readConfig(at, 1);
            int type = function.readConfig(at + CFG_TYPE, 1);
            if (id == EXPRESS) {
                deviceControl = at + EXPRESS_DEVICE_CONTROL;
            } else if (id == VENDOR && type == COMMON_CFG && common.length() == 0) {
                common = area(function, at);
            } else if (id == VENDOR && type == NOTIFY_CFG && notifications.length() == 0) {
                notifications = area(function, at);
            }
            at = function.readConfig(at + 1, 1) & 0xfc;
        }
        return new VirtioLayout(common, notifications, deviceControl);
    }

    private static Area area(PciFunction function, int at) {
        return new Area(
                function.readConfig(at + BAR, 1),
                Integer.toUnsignedLong(function.readConfig(at + OFFSET, 4)),
                Integer.toUnsignedLong(function.readConfig(at + LENGTH, 4)));
    }

    /** Whether a write to a BAR sets device_status to 0. */
    boolean resetsDevice(int bar, long at, int size, long value) {
        long lane = common.offset() + DEVICE_STATUS - at;
        return bar == common.bar() && lane >= 0 && lane < size && (value >>> (8 * lane) & 0xff) == 0;
    }

    /** Whether a write to configuration space starts a function level reset. */
    boolean startsFlr(int at, int size, int value) {
        int lane = deviceControl + 1 - at;
        return deviceControl >= 0 && lane >= 0 && lane < size && (value >>> (8 * lane) & INITIATE_FLR) != 0;
    }
}
