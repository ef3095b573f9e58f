// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * Describes a stream's frames to PulseAudio: {@code struct pa_sample_spec} and {@code struct pa_channel_map}. Formats
 * that the server lacks are carried by the next wider one it has. Channels are in ALSA's order, which is the device's.
 */
final class StreamLayout {
    private static final int SPEC_FORMAT = 0; // int
    private static final int SPEC_RATE = 4; // u32
    private static final int SPEC_CHANNELS = 8; // u8
    private static final int SPEC_LENGTH = 12;
    private static final int MAP_CHANNELS = 0; // u8
    private static final int MAP_LENGTH = 4 + 4 * LibPulse.PA_CHANNELS_MAX;

    private final NativeBuffer spec = new NativeBuffer(SPEC_LENGTH);
    private final NativeBuffer map = new NativeBuffer(MAP_LENGTH);
    private final PcmParams params;
    private final PcmFormat carrier;

    private StreamLayout(PcmParams params, PcmFormat carrier) {
        this.params = params;
        this.carrier = carrier;
        ByteBuffer bytes = spec.bytes();
        bytes.putInt(SPEC_FORMAT, sampleFormat(carrier));
        bytes.putInt(SPEC_RATE, params.rateHz());
        bytes.put(SPEC_CHANNELS, (byte) params.channels());
    }

    /** The layout, or null if PulseAudio cannot play or record such a stream. */
    static @Nullable StreamLayout of(PcmParams params) {
        PcmFormat carrier = carrier(params.format());
        int channels = params.channels();
        if (carrier == null
                || channels < 1
                || channels > LibPulse.PA_CHANNELS_MAX
                || !SampleConverter.possible(params.format(), channels, carrier, channels)) {
            return null;
        }
        StreamLayout layout = new StreamLayout(params, carrier);
        boolean good = LibPulse.pa_sample_spec_valid(layout.spec.address()) != 0
                && LibPulse.pa_channel_map_init_extend(layout.map.address(), channels, LibPulse.PA_CHANNEL_MAP_ALSA)
                        != 0
                && layout.map.bytes().get(MAP_CHANNELS) == channels;
        return good ? layout : null;
    }

    /**
     * The format of the samples that are sent: the same if the server has it, else one that can hold all its values.
     */
    static @Nullable PcmFormat carrier(PcmFormat format) {
        return switch (format) {
            case U8, A_LAW, MU_LAW, S16, S24_3, S24, S32, FLOAT -> format;
            case S8, U16 -> PcmFormat.S16;
            case S18_3, U18_3, S20_3, U20_3, U24_3, S20, U20, U24, U32 -> PcmFormat.S32;
            case FLOAT64 -> PcmFormat.FLOAT;
            case IMA_ADPCM, DSD_U8, DSD_U16, DSD_U32, IEC958_SUBFRAME -> null;
        };
    }

    private static int sampleFormat(PcmFormat format) {
        return switch (format) {
            case U8 -> LibPulse.PA_SAMPLE_U8;
            case A_LAW -> LibPulse.PA_SAMPLE_ALAW;
            case MU_LAW -> LibPulse.PA_SAMPLE_ULAW;
            case S16 -> LibPulse.PA_SAMPLE_S16LE;
            case S24_3 -> LibPulse.PA_SAMPLE_S24LE;
            case S24 -> LibPulse.PA_SAMPLE_S24_32LE;
            case S32 -> LibPulse.PA_SAMPLE_S32LE;
            case FLOAT -> LibPulse.PA_SAMPLE_FLOAT32LE;
            default -> throw new IllegalStateException("no carrier: " + format);
        };
    }

    /** Whether samples are sent unchanged. */
    boolean asIs() {
        return carrier == params.format();
    }

    /** Channels, here and there. */
    int channels() {
        return params.channels();
    }

    /** Bytes per frame at PulseAudio. */
    int frameBytes() {
        return carrier.sampleBytes() * params.channels();
    }

    /** From the stream's samples to PulseAudio's. */
    SampleConverter toServer() {
        return new SampleConverter(params.format(), params.channels(), carrier, params.channels());
    }

    /** From PulseAudio's samples to the stream's. */
    SampleConverter fromServer() {
        return new SampleConverter(carrier, params.channels(), params.format(), params.channels());
    }

    /** {@code pa_sample_spec}. */
    long spec() {
        return spec.address();
    }

    /** {@code pa_channel_map}. */
    long map() {
        return map.address();
    }
}
