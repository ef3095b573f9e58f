// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.audio.PcmFormat;

class WavReaderTest {
    private static final String FMT =
            "666d7420" + "10000000" + "0100" + "0200" + "80bb0000" + "00ee0200" + "0400" + "1000";
    private static final String SAMPLES = "0102030405060708090a0b0c";

    @TempDir
    Path folder;

    private Path file(String hex) throws IOException {
        return Files.write(folder.resolve("in.wav"), HexFormat.of().parseHex(hex));
    }

    private static String read(WavReader reader, long frame) throws IOException {
        ByteBuffer dst = ByteBuffer.allocateDirect(64);
        reader.read(frame, dst);
        byte[] got = new byte[dst.flip().remaining()];
        dst.get(got);
        return HexFormat.of().formatHex(got);
    }

    @Test
    void unknownChunksAreSkippedWithTheirPadding() throws IOException {
        Path file = file("52494646" + "45000000" + "57415645" + "4a554e4b" + "03000000" + "aabbcc00" + FMT + "4c495354"
                + "01000000" + "ff00" + "64617461" + "0c000000" + SAMPLES + "4c495354" + "02000000" + "ffff");
        try (WavReader reader = new WavReader(file)) {
            assertThat(reader.frames()).isEqualTo(3);
            assertThat(reader.format()).isEqualTo(new WavFormat(1, 2, 16, 48000, 2, 0));
            assertThat(reader.pcmFormat()).isEqualTo(PcmFormat.S16);
            assertThat(read(reader, 0)).isEqualTo(SAMPLES);
            assertThat(read(reader, 2)).isEqualTo("090a0b0c");
            assertThat(read(reader, 3)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "00000000, 00000000",
        "ffffffff, ffffffff",
        "24000000, 00000000",
        "24000000, 0d000000",
        "00000000, ffffff7f"
    })
    void sizesOfAKilledWriterMeanToTheEnd(String riffSize, String dataSize) throws IOException {
        try (WavReader reader =
                new WavReader(file("52494646" + riffSize + "57415645" + FMT + "64617461" + dataSize + SAMPLES))) {
            assertThat(reader.frames()).isEqualTo(3);
            assertThat(read(reader, 0)).isEqualTo(SAMPLES);
        }
    }

    @Test
    void anHonestFileWithoutSamplesHasNone() throws IOException {
        Path file = file("52494646" + "2e000000" + "57415645" + FMT + "64617461" + "00000000" + "4c495354" + "02000000"
                + "ffff");
        try (WavReader reader = new WavReader(file)) {
            assertThat(reader.frames()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "52494658, 666d74201000000001000200 80bb0000 00ee0200 0400 1000, is not a WAV file",
        "52494646, 666d74201000000002000200 80bb0000 00ee0200 0400 1000, a guest cannot record",
        "52494646, 666d74201000000001000000 80bb0000 00ee0200 0400 1000, impossible: name another",
        "52494646, 666d74201000000001000200 00000000 00ee0200 0400 1000, impossible: name another",
        "52494646, 666d74201000000001000200 80bb0000 00ee0200 0500 1000, impossible: name another",
        "52494646, 666d74200800000001000200 80bb0000, format chunk of 8 bytes",
        "52494646, 4a554e4bf0ffffff, has no samples",
    })
    void aFileThatCannotBeReadIsNamedWithTheReason(String riff, String chunk, String reason) throws IOException {
        Path file = file(riff + "24000000" + "57415645" + chunk.replace(" ", "") + "64617461" + "0c000000" + SAMPLES);
        assertThatThrownBy(() -> new WavReader(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
    }

    @Test
    void aFileCutOffInItsHeaderIsAClearError() throws IOException {
        Path file = file("5249464624");
        assertThatThrownBy(() -> new WavReader(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("header");
    }
}
