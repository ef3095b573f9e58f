// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.vsnd.measure.sound.WavFile;

/** Samples as left-justified 32-bit integers, made without the card's own code: what different formats have in common. */
final class Linear {
    private static final int TAG_FLOAT = 3;
    private static final int TAG_A_LAW = 6;
    private static final int TAG_MU_LAW = 7;
    private static final double FULL_SCALE = 2147483648.0;

    private Linear() {}

    /** Those of a WAV file, from a byte of its data on. */
    static int[] samples(WavFile file, int fromByte) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(file.data(), fromByte, file.data().length - fromByte)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        return switch (file.tag()) {
            case TAG_FLOAT -> floats(data, file.sampleBytes());
            case TAG_A_LAW -> companded(data, AudioFormat.Encoding.ALAW);
            case TAG_MU_LAW -> companded(data, AudioFormat.Encoding.ULAW);
            default -> integers(data, file.sampleBytes());
        };
    }

    /** Left-justified ones, signed but for those of one byte, as WAV files have them. */
    static int[] integers(ByteBuffer data, int sampleBytes) {
        int[] samples = new int[data.remaining() / sampleBytes];
        for (int i = 0; i < samples.length; i++) {
            int sample = 0;
            for (int k = 0; k < sampleBytes; k++) {
                sample = sample >>> 8 | data.get() << 24;
            }
            samples[i] = sampleBytes == 1 ? sample ^ 0x80000000 : sample;
        }
        return samples;
    }

    private static int[] floats(ByteBuffer data, int sampleBytes) {
        int[] samples = new int[data.remaining() / sampleBytes];
        for (int i = 0; i < samples.length; i++) {
            double sample = sampleBytes == 4 ? data.getFloat() : data.getDouble();
            samples[i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, Math.rint(sample * FULL_SCALE)));
        }
        return samples;
    }

    /** The JDK's own decoder. */
    private static int[] companded(ByteBuffer data, AudioFormat.Encoding encoding) throws IOException {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        AudioFormat coded = new AudioFormat(encoding, 8000, 8, 1, 1, 8000, false);
        try (AudioInputStream from = new AudioInputStream(new ByteArrayInputStream(bytes), coded, bytes.length);
                AudioInputStream linear = AudioSystem.getAudioInputStream(AudioFormat.Encoding.PCM_SIGNED, from)) {
            return integers(ByteBuffer.wrap(linear.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN), 2);
        }
    }
}
