// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

class WavWriterTest {
    @TempDir
    Path folder;

    private static WavFormat format(PcmFormat format, int rateHz, int channels) {
        return WavFormat.of(new PcmParams(format, rateHz, channels, 0));
    }

    private static String header(PcmFormat format, int rateHz, int channels, long dataBytes) {
        ByteBuffer dst = ByteBuffer.allocate(WavFormat.MAX_HEADER_BYTES);
        format(format, rateHz, channels).putHeader(dst, dataBytes);
        return HexFormat.of().formatHex(dst.array(), 0, dst.position());
    }

    @Test
    void plainPcmHasTheClassic44Bytes() {
        assertThat(header(PcmFormat.S16, 48000, 2, 0x1000))
                .isEqualTo("52494646" + "24100000" + "57415645"
                        + "666d7420" + "10000000" + "0100" + "0200" + "80bb0000" + "00ee0200" + "0400" + "1000"
                        + "64617461" + "00100000");
    }

    @Test
    void floatHasAFactChunkThatCountsFrames() {
        assertThat(header(PcmFormat.FLOAT, 44100, 1, 40))
                .isEqualTo("52494646" + "5a000000" + "57415645"
                        + "666d7420" + "12000000" + "0300" + "0100" + "44ac0000" + "10b10200" + "0400" + "2000" + "0000"
                        + "66616374" + "04000000" + "0a000000"
                        + "64617461" + "28000000");
    }

    @Test
    void twentyFourBitsInFourBytesAreExtensible() {
        assertThat(header(PcmFormat.S24, 48000, 2, 16))
                .isEqualTo("52494646" + "58000000" + "57415645"
                        + "666d7420" + "28000000" + "feff" + "0200" + "80bb0000" + "00dc0500" + "0800" + "2000"
                        + "1600" + "1800" + "03000000" + "0100000000001000800000aa00389b71"
                        + "66616374" + "04000000" + "02000000"
                        + "64617461" + "10000000");
    }

    @Test
    void anOddChunkIsPaddedAndTheNextSampleTakesThePaddingsPlace() throws IOException {
        Path file = folder.resolve("odd.wav");
        try (WavWriter writer = new WavWriter(file, format(PcmFormat.U8, 8000, 1), WavWriter.MAX_FILE_BYTES)) {
            writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            ByteBuffer bytes = WavFileSupport.bytes(file);
            assertThat(bytes.limit()).isEqualTo(44 + 4);
            assertThat(bytes.getInt(4)).isEqualTo(bytes.limit() - 8);
            assertThat(bytes.getInt(40)).isEqualTo(3);
            assertThat(bytes.get(47)).isZero();

            writer.write(ByteBuffer.wrap(new byte[] {4, 5, 6, 7}));
            bytes = WavFileSupport.bytes(file);
            assertThat(bytes.limit()).isEqualTo(44 + 8);
            assertThat(bytes.getInt(4)).isEqualTo(bytes.limit() - 8);
            assertThat(WavFileSupport.data(file)).containsExactly(1, 2, 3, 4, 5, 6, 7);
        }
    }

    @Test
    void sizesNeverReachMoreThan32Bits() throws IOException {
        try (WavWriter writer =
                new WavWriter(folder.resolve("big.wav"), format(PcmFormat.S24_3, 48000, 2), WavWriter.MAX_FILE_BYTES)) {
            assertThat(writer.roomBytes() % 6).isZero();
            assertThat(writer.roomBytes() + 44).isBetween(0xfffffff0L, 0xfffffffeL);
        }
    }

    @Test
    void anOlderFileIsOverwrittenWhole() throws IOException {
        Path file = folder.resolve("old.wav");
        Files.write(file, new byte[1000]);
        new WavWriter(file, format(PcmFormat.A_LAW, 8000, 1), WavWriter.MAX_FILE_BYTES).close();
        assertThat(Files.size(file)).isEqualTo(58);
    }
}
