// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import org.vsnd.measure.sound.SoundFormat;

/** What PulseAudio calls a format. */
public final class PulseFormat {
    private PulseFormat() {}

    /** As its tools and modules want it. */
    public static String name(SoundFormat format) {
        return switch (format.alsaName()) {
            case "S16_LE" -> "s16le";
            case "S32_LE" -> "s32le";
            case "FLOAT_LE" -> "float32le";
            default -> throw new IllegalArgumentException(format.alsaName());
        };
    }
}
