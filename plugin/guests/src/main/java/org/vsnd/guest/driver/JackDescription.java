// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.nio.ByteBuffer;

/** struct virtio_snd_jack_info, VIRTIO 1.4 section 5.14.6.4.1, as a driver reads it. */
public record JackDescription(
        int hdaFnNid, int features, int defaultConfiguration, int capabilities, int connected, long padding) {
    private static final int DEVICE_SHIFT = 20;
    private static final int LOCATION_SHIFT = 24;
    private static final int LOCATION_HDMI = 0x18;

    /** Takes one from a reply, at an offset of its bytes. */
    public static JackDescription decode(ByteBuffer le, int at) {
        return new JackDescription(
                le.getInt(at),
                le.getInt(at + 4),
                le.getInt(at + 8),
                le.getInt(at + 12),
                le.get(at + 16),
                (le.getInt(at + 17) & 0xffff_ffffL) | ((le.getInt(at + 20) & 0xffff_ff00L) << 24));
    }

    /** The group, bits 7:4. */
    public int association() {
        return defaultConfiguration >>> 4 & 0xf;
    }

    /** The place in the group, bits 3:0. */
    public int sequence() {
        return defaultConfiguration & 0xf;
    }

    /** What Linux's driver calls it; its control is this name and {@code Jack}. */
    public String linuxName() {
        boolean hdmi = (defaultConfiguration >>> LOCATION_SHIFT & 0x3f) == LOCATION_HDMI;
        return switch (defaultConfiguration >>> DEVICE_SHIFT & 0xf) {
            case 0x0 -> "Line Out";
            case 0x1 -> "Speaker";
            case 0x2 -> "Headphone";
            case 0x3 -> "CD";
            case 0x4, 0x5 -> hdmi ? "HDMI Out" : "SPDIF Out";
            case 0x8 -> "Line";
            case 0x9 -> "Aux";
            case 0xa -> "Mic";
            case 0xc -> "SPDIF In";
            case 0xd -> "Digital In";
            default -> "Misc";
        };
    }
}
