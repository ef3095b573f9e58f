// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;

/** struct virtio_snd_pcm_set_params, 5.14.6.6.3, as the driver sent it, not yet checked. */
record PcmSetParams(long bufferBytes, long periodBytes, int features, int channels, int format, int rate) {
    static final int LENGTH = 24;
    private static final int BUFFER_BYTES = 8; // le32
    private static final int PERIOD_BYTES = 12; // le32
    private static final int FEATURES = 16; // le32
    private static final int CHANNELS = 20; // u8
    private static final int FORMAT = 21; // u8
    private static final int RATE = 22; // u8; padding at 23 is ignored (SND-42)

    /** Decodes a little-endian buffer of at least {@link #LENGTH} bytes. */
    static PcmSetParams decode(ByteBuffer request) {
        return new PcmSetParams(
                Integer.toUnsignedLong(request.getInt(BUFFER_BYTES)),
                Integer.toUnsignedLong(request.getInt(PERIOD_BYTES)),
                request.getInt(FEATURES),
                request.get(CHANNELS) & 0xff,
                request.get(FORMAT) & 0xff,
                request.get(RATE) & 0xff);
    }
}
