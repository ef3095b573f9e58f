package org.vsnd.it.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Sound in which every frame says which one must follow: the pattern of pcmprobe.c, whose head describes it. No frame of
 * it is silent within the lengths used here.
 */
final class Pattern {
    private static final int WAV_HEADER_BYTES = 44;

    private Pattern() {}

    /** The first frames, interleaved, little-endian. */
    static byte[] frames(SoundFormat format, int count) {
        ByteBuffer out = ByteBuffer.allocate(count * format.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
        int word = 1;
        for (int frame = 0; frame < count; frame++, word = word * 1664525 + 1013904223) {
            for (int channel = 0; channel < format.channels(); channel++) {
                putSample(out, format, word, channel % 2 == 0);
            }
        }
        return out.array();
    }

    private static void putSample(ByteBuffer out, SoundFormat format, int word, boolean even) {
        if (format.wavTag() == 3) {
            float sample = (word >>> 8) / 8388608.0f - 1.0f;
            out.putFloat(even ? sample : -sample);
        } else if (format.sampleBytes() == 2) {
            out.putShort((short) (even ? word >>> 16 : word));
        } else {
            out.putInt(even ? word : ~word);
        }
    }

    /** The same as a WAV file. */
    static byte[] wav(SoundFormat format, int count) {
        byte[] data = frames(format, count);
        ByteBuffer wav = ByteBuffer.allocate(WAV_HEADER_BYTES + data.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(ascii("RIFF")).putInt(wav.capacity() - 8).put(ascii("WAVEfmt ")).putInt(16);
        wav.putShort((short) format.wavTag())
                .putShort((short) format.channels())
                .putInt(format.rateHz());
        wav.putInt(format.rateHz() * format.frameBytes()).putShort((short) format.frameBytes());
        wav.putShort((short) (8 * format.sampleBytes()))
                .put(ascii("data"))
                .putInt(data.length)
                .put(data);
        return wav.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
