// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.LinearSample;

/**
 * The format of a WAV file's samples ({@code fmt} chunk), and the header in front of them. Integer samples are
 * left-justified in their bytes; those of one byte are unsigned, all others signed.
 *
 * @param tag WAVE_FORMAT_*, never WAVE_FORMAT_EXTENSIBLE, which is only a way to write it
 * @param sampleBytes bytes per sample
 * @param validBits valid bits of a sample
 * @param rateHz frames per second
 * @param channels interleaved samples per frame
 * @param channelMask where the channels belong, a bit for each; 0 if that is not known
 */
record WavFormat(int tag, int sampleBytes, int validBits, int rateHz, int channels, int channelMask) {
    static final int WAVE_FORMAT_PCM = 0x0001;
    static final int WAVE_FORMAT_IEEE_FLOAT = 0x0003;
    static final int WAVE_FORMAT_ALAW = 0x0006;
    static final int WAVE_FORMAT_MULAW = 0x0007;
    static final int WAVE_FORMAT_EXTENSIBLE = 0xfffe;

    /** Last 14 of the 16 bytes of KSDATAFORMAT_SUBTYPE_*; the first two are the tag. */
    static final long SUBTYPE_MIDDLE = 0x0010_0000_0000L; // 6 bytes

    static final long SUBTYPE_END = 0x719b_3800_aa00_0080L; // 8 bytes

    static final int MAX_HEADER_BYTES = 80;
    private static final int PCM_HEADER_BYTES = 44;
    private static final int COMPACT_HEADER_BYTES = 58; // cbSize and a fact chunk more

    /** The format for a stream in a WAV file; null if WAV has none without loss. */
    static @Nullable WavFormat of(PcmParams params) {
        PcmFormat format = params.format();
        return switch (format) {
            case MU_LAW -> of(params, WAVE_FORMAT_MULAW, 8);
            case A_LAW -> of(params, WAVE_FORMAT_ALAW, 8);
            case S8, U8, S16, U16, S18_3, U18_3, S20_3, U20_3, S24_3, U24_3, S20, U20, S24, U24, S32, U32 ->
                of(params, WAVE_FORMAT_PCM, LinearSample.validBits(format));
            case FLOAT, FLOAT64 -> of(params, WAVE_FORMAT_IEEE_FLOAT, 8 * format.sampleBytes());
            case IMA_ADPCM, DSD_U8, DSD_U16, DSD_U32, IEC958_SUBFRAME -> null;
        };
    }

    private static WavFormat of(PcmParams params, int tag, int validBits) {
        return new WavFormat(
                tag,
                params.format().sampleBytes(),
                validBits,
                params.rateHz(),
                params.channels(),
                SpeakerOrder.mask(params.speakers()));
    }

    /** What each channel of the file is. */
    List<ChannelPosition> speakers() {
        return SpeakerOrder.of(channelMask, channels);
    }

    /** The device's format for such samples, or null. Left-justified, so 24 of 32 bits is S32. */
    @Nullable
    PcmFormat pcmFormat() {
        return switch (tag) {
            case WAVE_FORMAT_PCM ->
                switch (sampleBytes) {
                    case 1 -> PcmFormat.U8;
                    case 2 -> PcmFormat.S16;
                    case 3 -> PcmFormat.S24_3;
                    case 4 -> PcmFormat.S32;
                    default -> null;
                };
            case WAVE_FORMAT_IEEE_FLOAT ->
                sampleBytes == 4 ? PcmFormat.FLOAT : sampleBytes == 8 ? PcmFormat.FLOAT64 : null;
            case WAVE_FORMAT_ALAW -> sampleBytes == 1 ? PcmFormat.A_LAW : null;
            case WAVE_FORMAT_MULAW -> sampleBytes == 1 ? PcmFormat.MU_LAW : null;
            default -> null;
        };
    }

    int frameBytes() {
        return sampleBytes * channels;
    }

    /** Converts samples of {@code format}, from position to limit, to those of this file, in place. */
    void fromGuest(PcmFormat format, ByteBuffer samples) {
        boolean unsignedInFile = sampleBytes == 1;
        boolean flips = tag == WAVE_FORMAT_PCM && LinearSample.isUnsigned(format) != unsignedInFile;
        if (flips || validBits < 8 * sampleBytes) {
            toFile(samples, flips ? 1 << (validBits - 1) : 0, 8 * sampleBytes - validBits);
        }
    }

    /** Moves zero between the middle and the lowest value if {@code signBit} is not 0, then left-justifies. */
    private void toFile(ByteBuffer samples, int signBit, int shift) {
        for (int at = samples.position(); at < samples.limit(); at += sampleBytes) {
            int sample = 0;
            for (int i = 0; i < sampleBytes; i++) {
                sample |= (samples.get(at + i) & 0xff) << (8 * i);
            }
            sample = (sample ^ signBit) << shift;
            for (int i = 0; i < sampleBytes; i++) {
                samples.put(at + i, (byte) (sample >>> (8 * i)));
            }
        }
    }

    private boolean isExtensible() {
        return validBits != 8 * sampleBytes
                || channels > 2
                || channelMask != SpeakerOrder.mask(ChannelPosition.usual(channels));
    }

    int headerBytes() {
        if (isExtensible()) {
            return MAX_HEADER_BYTES;
        }
        return tag == WAVE_FORMAT_PCM ? PCM_HEADER_BYTES : COMPACT_HEADER_BYTES;
    }

    /** Puts everything that comes before the samples; {@code dst} becomes little-endian. */
    void putHeader(ByteBuffer dst, long dataBytes) {
        dst.order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = headerBytes();
        putId(dst, 'R', 'I', 'F', 'F');
        dst.putInt((int) (headerBytes - 8 + dataBytes + (dataBytes & 1)));
        putId(dst, 'W', 'A', 'V', 'E');
        putId(dst, 'f', 'm', 't', ' ');
        dst.putInt(isExtensible() ? 40 : tag == WAVE_FORMAT_PCM ? 16 : 18);
        dst.putShort((short) (isExtensible() ? WAVE_FORMAT_EXTENSIBLE : tag));
        dst.putShort((short) channels).putInt(rateHz).putInt(rateHz * frameBytes());
        dst.putShort((short) frameBytes()).putShort((short) (8 * sampleBytes));
        if (isExtensible()) {
            dst.putShort((short) 22).putShort((short) validBits);
            dst.putInt(channelMask);
            dst.putShort((short) tag).putInt((int) SUBTYPE_MIDDLE).putShort((short) (SUBTYPE_MIDDLE >>> 32));
            dst.putLong(SUBTYPE_END);
        } else if (tag != WAVE_FORMAT_PCM) {
            dst.putShort((short) 0);
        }
        if (headerBytes != PCM_HEADER_BYTES) {
            putId(dst, 'f', 'a', 'c', 't');
            dst.putInt(4).putInt((int) (dataBytes / frameBytes()));
        }
        putId(dst, 'd', 'a', 't', 'a');
        dst.putInt((int) dataBytes);
    }

    private static void putId(ByteBuffer dst, int a, int b, int c, int d) {
        dst.put((byte) a).put((byte) b).put((byte) c).put((byte) d);
    }
}
