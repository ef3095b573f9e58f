package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.vsnd.it.sound.SoundFormat;

/** A WAV file as an independent reader sees it, which insists that every length in it is right. */
@SuppressWarnings({"ArrayRecordComponent", "ByteBufferBackingArray"}) // never compared; made by wrap
record WavFile(int tag, int channels, int rateHz, int sampleBytes, byte[] data) {
    /** Reads a file that nobody is writing any more. */
    static WavFile readFinished(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer wav = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(wav.getInt(4)).as("RIFF length of " + path).isEqualTo(bytes.length - 8);
        WavFile file = parse(wav, path);
        assertThat(file.data.length % (file.channels * file.sampleBytes))
                .as("half frames")
                .isZero();
        return file;
    }

    /** Reads a file that may be growing: the header may promise less than there is, never more. */
    static WavFile readGrowing(Path path) throws IOException {
        return parse(ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN), path);
    }

    private static WavFile parse(ByteBuffer wav, Path path) {
        assertThat(id(wav, 0) + id(wav, 8)).as("ids of " + path).isEqualTo("RIFFWAVE");
        int fmt = 12;
        assertThat(id(wav, fmt)).isEqualTo("fmt ");
        int at = fmt + 8 + wav.getInt(fmt + 4);
        while (!id(wav, at).equals("data")) {
            at += 8 + wav.getInt(at + 4);
        }
        int from = at + 8;
        int length = wav.getInt(at + 4);
        assertThat(from + length).as("end of the data chunk of " + path).isLessThanOrEqualTo(wav.capacity());
        return new WavFile(
                wav.getShort(fmt + 8),
                wav.getShort(fmt + 10),
                wav.getInt(fmt + 12),
                wav.getShort(fmt + 22) / 8,
                Arrays.copyOfRange(wav.array(), from, from + length));
    }

    boolean is(SoundFormat format) {
        return tag == format.wavTag()
                && channels == format.channels()
                && rateHz == format.rateHz()
                && sampleBytes == format.sampleBytes();
    }

    private static String id(ByteBuffer wav, int at) {
        return new String(wav.array(), at, 4, StandardCharsets.US_ASCII);
    }
}
