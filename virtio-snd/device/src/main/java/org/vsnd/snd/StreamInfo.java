// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.PcmFormat;

/**
 * The capabilities of one stream: struct virtio_snd_pcm_info, 5.14.6.6.2. Constant for the life of the device (SND-34).
 *
 * @param direction {@link VirtioSnd#VIRTIO_SND_D_OUTPUT} or {@link VirtioSnd#VIRTIO_SND_D_INPUT}
 * @param formats bit {@code 1L << VIRTIO_SND_PCM_FMT_*} for each format
 * @param rates bit {@code 1L << VIRTIO_SND_PCM_RATE_*} for each rate
 */
public record StreamInfo(int functionNid, int direction, long formats, long rates, int channelsMin, int channelsMax) {
    static final int LENGTH = 32;
    private static final int HDA_FN_NID = 0; // le32
    private static final int FEATURES = 4; // le32, none offered yet
    private static final int FORMATS = 8; // le64
    private static final int RATES = 16; // le64
    private static final int DIRECTION = 24; // u8
    private static final int CHANNELS_MIN = 25; // u8
    private static final int CHANNELS_MAX = 26; // u8

    /** The bit of {@link #formats} that offers a format. */
    @SuppressWarnings("EnumOrdinal") // declared in the order of VIRTIO_SND_PCM_FMT_*, which a test checks
    public static long formatBit(PcmFormat format) {
        return 1L << format.ordinal();
    }

    /** The bit of {@link #rates} that offers a rate; virtio must have a number for it. */
    public static long rateBit(int rateHz) {
        int rate = PcmRate.of(rateHz);
        if (rate < 0) {
            throw new IllegalArgumentException(rateHz + " Hz has no number");
        }
        return 1L << rate;
    }

    /** Encodes {@link #LENGTH} bytes from index 0; {@code le} is little-endian and zeroed. */
    void encode(ByteBuffer le) {
        le.putInt(HDA_FN_NID, functionNid);
        le.putInt(FEATURES, 0);
        le.putLong(FORMATS, formats);
        le.putLong(RATES, rates);
        le.put(DIRECTION, (byte) direction);
        le.put(CHANNELS_MIN, (byte) channelsMin);
        le.put(CHANNELS_MAX, (byte) channelsMax);
    }

    /** Whether the guest plays on it; otherwise it records. */
    public boolean isOutput() {
        return direction == VirtioSnd.VIRTIO_SND_D_OUTPUT;
    }
}
