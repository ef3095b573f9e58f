// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sound.sampled.AudioFormat;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.frames.SampleConverter;

/**
 * How a line carries frames, in our terms and in the JDK's.
 *
 * @param format of its samples
 * @param channels samples of a frame
 * @param audioFormat the same, with the rate
 */
record LineLayout(PcmFormat format, int channels, AudioFormat audioFormat) {
    /** Formats that lines of the JDK's mixers take, with the best for frames wider than 16 bits first. */
    private static final List<PcmFormat> WIDE =
            List.of(PcmFormat.S32, PcmFormat.S24_3, PcmFormat.FLOAT, PcmFormat.S16, PcmFormat.U8);

    private static final List<PcmFormat> NARROW =
            List.of(PcmFormat.S16, PcmFormat.S32, PcmFormat.S24_3, PcmFormat.FLOAT, PcmFormat.U8);

    /** Bytes of one frame. */
    int frameBytes() {
        return format.sampleBytes() * channels;
    }

    /**
     * The first layout that is supported, of all that a stream's frames can be converted to and from: its own, else the one
     * that keeps most of it.
     */
    static Optional<LineLayout> choose(PcmFormat format, int rateHz, int channels, Predicate<AudioFormat> supported) {
        return candidates(format, rateHz, channels).stream()
                .filter(layout -> supported.test(layout.audioFormat()))
                .findFirst();
    }

    private static List<LineLayout> candidates(PcmFormat format, int rateHz, int channels) {
        List<LineLayout> layouts = new ArrayList<>();
        addAll(layouts, format, rateHz, channels, channels);
        if (channels <= 2) {
            addAll(layouts, format, rateHz, channels, 3 - channels);
        }
        return layouts;
    }

    private static void addAll(List<LineLayout> layouts, PcmFormat format, int rateHz, int channels, int lineChannels) {
        add(layouts, format, format, rateHz, channels, lineChannels);
        for (PcmFormat lineFormat : format.sampleBytes() > 2 ? WIDE : NARROW) {
            add(layouts, format, lineFormat, rateHz, channels, lineChannels);
        }
    }

    /** What can be converted in one direction can be converted back. */
    private static void add(
            List<LineLayout> layouts,
            PcmFormat format,
            PcmFormat lineFormat,
            int rateHz,
            int channels,
            int lineChannels) {
        AudioFormat audioFormat = audioFormat(lineFormat, rateHz, lineChannels);
        if (audioFormat != null && SampleConverter.possible(format, channels, lineFormat, lineChannels)) {
            layouts.add(new LineLayout(lineFormat, lineChannels, audioFormat));
        }
    }

    private static @Nullable AudioFormat audioFormat(PcmFormat format, int rateHz, int channels) {
        AudioFormat.Encoding encoding = switch (format) {
            case S8, S16, S24_3, S32 -> AudioFormat.Encoding.PCM_SIGNED;
            case U8, U16, U24_3, U32 -> AudioFormat.Encoding.PCM_UNSIGNED;
            case FLOAT, FLOAT64 -> AudioFormat.Encoding.PCM_FLOAT;
            case MU_LAW -> AudioFormat.Encoding.ULAW;
            case A_LAW -> AudioFormat.Encoding.ALAW;
            default -> null; // the JDK has no name for it
        };
        if (encoding == null) {
            return null;
        }
        int bits = format.sampleBytes() * Byte.SIZE;
        return new AudioFormat(encoding, rateHz, bits, channels, format.sampleBytes() * channels, rateHz, false);
    }
}
