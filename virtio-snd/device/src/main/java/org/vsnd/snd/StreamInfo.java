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
 * @param features bits of {@link #FEATURES_KNOWN} that a driver may select
 */
public record StreamInfo(
        int functionNid, int direction, long formats, long rates, int channelsMin, int channelsMax, int features) {
    /** MSG_POLLING: the device looks at the queue by itself, and the driver does not notify. */
    public static final int MSG_POLLING = 1 << VirtioSnd.VIRTIO_SND_PCM_F_MSG_POLLING;
    /** EVT_XRUNS: the device says when it had nothing to play, or nowhere to put what was recorded. */
    public static final int EVT_XRUNS = 1 << VirtioSnd.VIRTIO_SND_PCM_F_EVT_XRUNS;
    /** All that there are without shared memory, for which virtio has no transport yet (SND-35). */
    public static final int FEATURES_KNOWN = MSG_POLLING | EVT_XRUNS;

    static final int LENGTH = 32;
    private static final int HDA_FN_NID = 0; // le32
    private static final int FEATURES = 4; // le32
    private static final int FORMATS = 8; // le64
    private static final int RATES = 16; // le64
    private static final int DIRECTION = 24; // u8
    private static final int CHANNELS_MIN = 25; // u8
    private static final int CHANNELS_MAX = 26; // u8

    /** Checks what the specification demands of the device (SND-30): an error here is a fault in vsnd. */
    public StreamInfo {
        if ((features & ~FEATURES_KNOWN) != 0) {
            throw new IllegalArgumentException("features 0x" + Integer.toHexString(features));
        }
    }

    /** A stream without features. */
    public StreamInfo(int functionNid, int direction, long formats, long rates, int channelsMin, int channelsMax) {
        this(functionNid, direction, formats, rates, channelsMin, channelsMax, 0);
    }

    /** The same stream with these features. */
    public StreamInfo withFeatures(int others) {
        return new StreamInfo(functionNid, direction, formats, rates, channelsMin, channelsMax, others);
    }

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
        le.putInt(FEATURES, features);
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
