// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/** Frame rates that both Haiku and virtio know. */
final class SampleRates {
    /** By VIRTIO_SND_PCM_RATE_*; 5512 Hz is not known to Haiku, and nothing above 384 kHz. */
    private static final int[] HZ = {
        0, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000, 384000
    };

    private SampleRates() {}

    /** VIRTIO_SND_PCM_RATE_*, or 0 if Haiku has no such rate. */
    static int code(int rateHz) {
        for (int code = 1; code < HZ.length; code++) {
            if (HZ[code] == rateHz) {
                return code;
            }
        }
        return 0;
    }

    static boolean isIn(long rates, int rateHz) {
        int code = code(rateHz);
        return code != 0 && ((rates >>> code) & 1) != 0;
    }

    /** What the media server takes: the highest of a set of VIRTIO_SND_PCM_RATE_* bits; 0 if there is none. */
    static int highest(long rates) {
        for (int code = HZ.length - 1; code > 0; code--) {
            if (((rates >>> code) & 1) != 0) {
                return HZ[code];
            }
        }
        return 0;
    }
}
