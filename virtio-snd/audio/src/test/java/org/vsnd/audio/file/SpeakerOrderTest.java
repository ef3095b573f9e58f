// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

class SpeakerOrderTest {
    private static final int MASK_AT = 40;

    @TempDir
    Path folder;

    private ByteBuffer written(int channels, byte... frames) throws IOException {
        Path file = folder.resolve("out.wav");
        try (WavBackend backend = new WavBackend(file, null, false)) {
            AudioSink sink = backend.openSink(new PcmParams(PcmFormat.U8, 48_000, channels, 8), "output 0");
            sink.start();
            sink.write(ByteBuffer.wrap(frames));
            sink.drain();
            sink.close();
        }
        return WavFileSupport.bytes(file);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 10, 18})
    @DisplayName("a file of more than two channels says which speaker each is for")
    void everyChannelHasASpeaker(int channels) throws IOException {
        assertThat(Integer.bitCount(written(channels, new byte[channels]).getInt(MASK_AT)))
                .isEqualTo(channels);
    }

    /** As ALSA has them: front left, front right, rear left, rear right, centre, low frequency, side left, side right. */
    @ParameterizedTest
    @CsvSource({"4, 33, '1,2,3,4'", "5, 37, '1,2,5,3,4'", "6, 3f, '1,2,5,6,3,4'", "8, 63f, '1,2,5,6,3,4,7,8'"})
    @DisplayName("channels stand in a file in the order of its mask: front, centre, low frequency, back, side")
    void channelsAreInTheOrderOfTheMask(int channels, String mask, String inTheFile) throws IOException {
        byte[] frames = new byte[2 * channels];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = (byte) (i % channels + 1);
        }
        ByteBuffer file = written(channels, frames);
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < channels; i++) {
            order.append(i == 0 ? "" : ",").append(file.get(WavFileSupport.dataAt(file) + channels + i));
        }
        assertThat(Integer.toHexString(file.getInt(MASK_AT))).isEqualTo(mask);
        assertThat(order).hasToString(inTheFile);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 8})
    @DisplayName("what was written is read as the guest had it")
    void whatWasWrittenIsReadAsItWas(int channels) throws IOException {
        byte[] frames = WavFileSupport.array(WavFileSupport.pattern(7 * channels));
        written(channels, frames);
        try (WavReader reader = new WavReader(folder.resolve("out.wav"))) {
            ByteBuffer read = ByteBuffer.allocate(frames.length);
            reader.read(0, read);
            assertThat(read.array()).isEqualTo(frames);
        }
    }

    @Test
    @DisplayName("more channels than there are speakers have none")
    void moreChannelsThanSpeakersHaveNone() {
        assertThat(SpeakerOrder.mask(19)).isZero();
    }
}
