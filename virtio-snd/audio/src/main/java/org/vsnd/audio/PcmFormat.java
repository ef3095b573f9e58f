// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/**
 * Sample formats, little-endian and interleaved. Declared in the order of {@code VIRTIO_SND_PCM_FMT_*} (VIRTIO 1.4
 * section 5.14.6.6.2): the ordinal is the wire number.
 */
public enum PcmFormat {
    /** Four bits per sample: not offered, only here for its number. */
    IMA_ADPCM(0),
    MU_LAW(1, 0xff),
    A_LAW(1, 0xd5),
    S8(1),
    U8(1, 0x80),
    S16(2),
    U16(2, 0x8000),
    S18_3(3),
    U18_3(3, 0x020000),
    S20_3(3),
    U20_3(3, 0x080000),
    S24_3(3),
    U24_3(3, 0x800000),
    S20(4),
    U20(4, 0x00080000),
    S24(4),
    U24(4, 0x00800000),
    S32(4),
    U32(4, 0x80000000),
    FLOAT(4),
    FLOAT64(8),
    DSD_U8(1, 0x69),
    DSD_U16(2, 0x6969),
    DSD_U32(4, 0x69696969),
    IEC958_SUBFRAME(4);

    private static final int SILENT_SAMPLES = 512;

    private final int sampleBytes;

    @SuppressWarnings("ImmutableEnumChecker") // never handed out or written to
    private final byte[] silence; // whole samples, copied as a block: a message may hold 128 KiB of them

    PcmFormat(int sampleBytes) {
        this(sampleBytes, 0);
    }

    /** @param silentSample its first byte lowest; wider formats are silent at 0 */
    PcmFormat(int sampleBytes, int silentSample) {
        this.sampleBytes = sampleBytes;
        silence = new byte[Math.max(1, sampleBytes) * SILENT_SAMPLES];
        for (int i = 0; i < silence.length && sampleBytes > 0; i++) {
            int at = i % sampleBytes;
            silence[i] = (byte) (at < Integer.BYTES ? silentSample >>> (8 * at) : 0);
        }
    }

    /** Bytes one sample takes; 0 for {@link #IMA_ADPCM}. */
    public int sampleBytes() {
        return sampleBytes;
    }

    /** Fills {@code dst}, from position to limit, with this format's silence and moves the position to the limit. */
    public void fillSilence(ByteBuffer dst) {
        while (dst.hasRemaining()) {
            dst.put(silence, 0, Math.min(silence.length, dst.remaining()));
        }
    }
}
