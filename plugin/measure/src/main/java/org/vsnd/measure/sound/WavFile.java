// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.sound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A WAV file as an independent reader sees it, which insists that every length in it is right.
 *
 * @param data its frames, interleaved, little-endian
 */
@SuppressWarnings({"ArrayRecordComponent", "ByteBufferBackingArray"}) // never compared; made by wrap
public record WavFile(int tag, int channels, int rateHz, int sampleBytes, byte[] data) {
    private static final int HEADER_BYTES = 44;
    private static final int FMT = 12; // the first chunk behind the ids

    /** The bytes of a file with these frames. */
    public static byte[] bytes(SoundFormat format, byte[] frames) {
        ByteBuffer wav = ByteBuffer.allocate(HEADER_BYTES + frames.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(ascii("RIFF")).putInt(wav.capacity() - 8).put(ascii("WAVEfmt ")).putInt(16);
        wav.putShort((short) format.wavTag())
                .putShort((short) format.channels())
                .putInt(format.rateHz());
        wav.putInt(format.rateHz() * format.frameBytes()).putShort((short) format.frameBytes());
        wav.putShort((short) (8 * format.sampleBytes()))
                .put(ascii("data"))
                .putInt(frames.length)
                .put(frames);
        return wav.array();
    }

    /**
     * Reads a file that nobody is writing any more.
     *
     * @throws IOException if it cannot be read, or if it is not as it should be
     */
    public static WavFile readFinished(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer wav = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(wav.getInt(4) == bytes.length - 8, "its RIFF length is wrong", path);
        WavFile file = parse(wav, path);
        require(file.data.length % (file.channels * file.sampleBytes) == 0, "it ends with half a frame", path);
        return file;
    }

    /**
     * Reads a file that may be growing: the header may promise less than there is, never more.
     *
     * @throws IOException if it cannot be read, or if it is not as it should be
     */
    public static WavFile readGrowing(Path path) throws IOException {
        return parse(ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN), path);
    }

    private static WavFile parse(ByteBuffer wav, Path path) throws IOException {
        require(id(wav, 0).equals("RIFF") && id(wav, 8).equals("WAVE"), "it is no WAV file", path);
        require(id(wav, FMT).equals("fmt "), "its first chunk is not its format", path);
        int at = FMT + 8 + wav.getInt(FMT + 4);
        while (!id(wav, at).equals("data")) {
            at += 8 + wav.getInt(at + 4);
        }
        int from = at + 8;
        int length = wav.getInt(at + 4);
        require(from + length <= wav.capacity(), "it promises more frames than it has", path);
        return new WavFile(
                wav.getShort(FMT + 8) & 0xffff,
                wav.getShort(FMT + 10),
                wav.getInt(FMT + 12),
                wav.getShort(FMT + 22) / 8,
                Arrays.copyOfRange(wav.array(), from, from + length));
    }

    private static void require(boolean right, String what, Path path) throws IOException {
        if (!right) {
            throw new IOException(path + ": " + what);
        }
    }

    /** Whether it holds frames of this kind. */
    public boolean is(SoundFormat format) {
        return tag == format.wavTag()
                && channels == format.channels()
                && rateHz == format.rateHz()
                && sampleBytes == format.sampleBytes();
    }

    private static String id(ByteBuffer wav, int at) {
        return new String(wav.array(), at, 4, StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
