// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** {@code VIRTIO_SND_PCM_RATE_*}, 5.14.6.6.2: the index is the wire number; the order is not monotonic. */
public final class PcmRate {
    private static final int[] HZ = {
        5512, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000, 384000, 12000, 24000
    };

    private PcmRate() {}

    /** Number of rates that have a wire number. */
    public static int count() {
        return HZ.length;
    }

    /** Frames per second of a wire number 0..{@link #count()}-1. */
    public static int hz(int rate) {
        return HZ[rate];
    }

    /** The wire number of a rate, or -1 if it has none. */
    public static int of(int rateHz) {
        for (int rate = 0; rate < HZ.length; rate++) {
            if (HZ[rate] == rateHz) {
                return rate;
            }
        }
        return -1;
    }
}
