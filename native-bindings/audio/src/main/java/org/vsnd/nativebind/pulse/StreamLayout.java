// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * Describes a stream's frames to PulseAudio: {@code struct pa_sample_spec} and {@code struct pa_channel_map}. Formats
 * that the server lacks are carried by the next wider one it has. Channels keep their order; the map says what each is, so
 * that the server finds its loudspeakers. One for which PulseAudio has no name is auxiliary.
 */
final class StreamLayout {
    private static final int SPEC_FORMAT = 0; // int
    private static final int SPEC_RATE = 4; // u32
    private static final int SPEC_CHANNELS = 8; // u8
    private static final int SPEC_LENGTH = 12;
    private static final int MAP_CHANNELS = 0; // u8
    private static final int MAP_POSITIONS = 4; // int[PA_CHANNELS_MAX]
    private static final int MAP_LENGTH = MAP_POSITIONS + Integer.BYTES * LibPulse.PA_CHANNELS_MAX;

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
        putMap();
    }

    private void putMap() {
        map.bytes().put(MAP_CHANNELS, (byte) params.channels());
        int auxiliary = 0;
        for (int i = 0; i < params.channels(); i++) {
            int named = position(params.speakers().get(i));
            int position = named < 0 ? LibPulse.PA_CHANNEL_POSITION_AUX0 + auxiliary++ : named;
            map.bytes().putInt(MAP_POSITIONS + Integer.BYTES * i, position);
        }
    }

    /** {@code PA_CHANNEL_POSITION_*}; negative if PulseAudio has none. */
    private static int position(ChannelPosition position) {
        return switch (position) {
            case MONO -> LibPulse.PA_CHANNEL_POSITION_MONO;
            case FL -> LibPulse.PA_CHANNEL_POSITION_FRONT_LEFT;
            case FR -> LibPulse.PA_CHANNEL_POSITION_FRONT_RIGHT;
            case RL -> LibPulse.PA_CHANNEL_POSITION_REAR_LEFT;
            case RR -> LibPulse.PA_CHANNEL_POSITION_REAR_RIGHT;
            case FC -> LibPulse.PA_CHANNEL_POSITION_FRONT_CENTER;
            case LFE -> LibPulse.PA_CHANNEL_POSITION_LFE;
            case SL -> LibPulse.PA_CHANNEL_POSITION_SIDE_LEFT;
            case SR -> LibPulse.PA_CHANNEL_POSITION_SIDE_RIGHT;
            case RC -> LibPulse.PA_CHANNEL_POSITION_REAR_CENTER;
            case FLC -> LibPulse.PA_CHANNEL_POSITION_FRONT_LEFT_OF_CENTER;
            case FRC -> LibPulse.PA_CHANNEL_POSITION_FRONT_RIGHT_OF_CENTER;
            case TC -> LibPulse.PA_CHANNEL_POSITION_TOP_CENTER;
            case TFL -> LibPulse.PA_CHANNEL_POSITION_TOP_FRONT_LEFT;
            case TFR -> LibPulse.PA_CHANNEL_POSITION_TOP_FRONT_RIGHT;
            case TFC -> LibPulse.PA_CHANNEL_POSITION_TOP_FRONT_CENTER;
            case TRL -> LibPulse.PA_CHANNEL_POSITION_TOP_REAR_LEFT;
            case TRR -> LibPulse.PA_CHANNEL_POSITION_TOP_REAR_RIGHT;
            case TRC -> LibPulse.PA_CHANNEL_POSITION_TOP_REAR_CENTER;
            default -> -1;
        };
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
                && LibPulse.pa_channel_map_valid(layout.map.address()) != 0;
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
