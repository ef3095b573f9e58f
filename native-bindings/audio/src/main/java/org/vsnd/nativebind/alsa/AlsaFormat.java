// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import org.vsnd.audio.PcmFormat;

/** The little-endian {@code SND_PCM_FORMAT_*} of each format. */
final class AlsaFormat {
    private AlsaFormat() {}

    /** The format's number in {@code alsa/pcm.h}. */
    static int of(PcmFormat format) {
        return switch (format) {
            case S8 -> 0;
            case U8 -> 1;
            case S16 -> 2;
            case U16 -> 4;
            case S24 -> 6;
            case U24 -> 8;
            case S32 -> 10;
            case U32 -> 12;
            case FLOAT -> 14;
            case FLOAT64 -> 16;
            case IEC958_SUBFRAME -> 18;
            case MU_LAW -> 20;
            case A_LAW -> 21;
            case IMA_ADPCM -> 22;
            case S20 -> 25;
            case U20 -> 27;
            case S24_3 -> 32;
            case U24_3 -> 34;
            case S20_3 -> 36;
            case U20_3 -> 38;
            case S18_3 -> 40;
            case U18_3 -> 42;
            case DSD_U8 -> 48;
            case DSD_U16 -> 49;
            case DSD_U32 -> 50;
        };
    }
}
