// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.audio.ChannelPosition.BC;
import static org.vsnd.audio.ChannelPosition.FC;
import static org.vsnd.audio.ChannelPosition.FL;
import static org.vsnd.audio.ChannelPosition.FR;
import static org.vsnd.audio.ChannelPosition.LFE;
import static org.vsnd.audio.ChannelPosition.MONO;
import static org.vsnd.audio.ChannelPosition.NONE;
import static org.vsnd.audio.ChannelPosition.RL;
import static org.vsnd.audio.ChannelPosition.RR;
import static org.vsnd.audio.ChannelPosition.SL;
import static org.vsnd.audio.ChannelPosition.SR;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

class SpeakerOrderTest {
    private static final int MASK_AT = 40;

    @TempDir
    Path folder;

    private ByteBuffer written(PcmParams params, byte... frames) throws IOException {
        Path file = folder.resolve("out.wav");
        try (WavBackend backend = new WavBackend(file, null, false)) {
            AudioSink sink = backend.openSink(params, "output 0");
            sink.start();
            sink.write(ByteBuffer.wrap(frames));
            sink.drain();
            sink.close();
        }
        return WavFileSupport.bytes(file);
    }

    private static PcmParams params(int channels) {
        return new PcmParams(PcmFormat.U8, 48_000, channels, 8);
    }

    private static PcmParams params(ChannelPosition... positions) {
        return params(positions.length).at(List.of(positions));
    }

    private static byte[] numbers(int channels) {
        byte[] frames = new byte[2 * channels];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = (byte) (i % channels + 1);
        }
        return frames;
    }

    private static String secondFrame(ByteBuffer file, int channels) {
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < channels; i++) {
            order.append(i == 0 ? "" : ",").append(file.get(WavFileSupport.dataAt(file) + channels + i));
        }
        return order.toString();
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "4, 4", "5, 5", "6, 6", "7, 7", "8, 8", "10, 8", "18, 8"})
    @DisplayName("a file of more than two channels says which speaker each is for, up to 7.1")
    void everyChannelHasASpeaker(int channels, int speakers) throws IOException {
        assertThat(Integer.bitCount(
                        written(params(channels), new byte[channels]).getInt(MASK_AT)))
                .isEqualTo(speakers);
    }

    /** As ALSA has them: front left, front right, rear left, rear right, centre, low frequency, side left, side right. */
    @ParameterizedTest
    @CsvSource({
        "3, b, '1,2,3'",
        "4, 33, '1,2,3,4'",
        "5, 37, '1,2,5,3,4'",
        "6, 3f, '1,2,5,6,3,4'",
        "7, 13f, '1,2,5,6,3,4,7'",
        "8, 63f, '1,2,5,6,3,4,7,8'"
    })
    @DisplayName("channels stand in a file in the order of its mask: front, centre, low frequency, back, side")
    void channelsAreInTheOrderOfTheMask(int channels, String mask, String inTheFile) throws IOException {
        ByteBuffer file = written(params(channels), numbers(channels));
        assertThat(Integer.toHexString(file.getInt(MASK_AT))).isEqualTo(mask);
        assertThat(secondFrame(file, channels)).isEqualTo(inTheFile);
    }

    @Test
    @DisplayName("a guest with a channel map has its channels where the map says")
    void aMapDecides() throws IOException {
        PcmParams centreFirst = params(FC, FL, FR, LFE, BC, SL);
        ByteBuffer file = written(centreFirst, numbers(6));
        assertThat(Integer.toHexString(file.getInt(MASK_AT))).isEqualTo("20f");
        assertThat(secondFrame(file, 6)).isEqualTo("2,3,1,4,6,5");
    }

    @Test
    @DisplayName("two channels that are not the front ones are said to be others")
    void stereoElsewhereIsNotFront() throws IOException {
        ByteBuffer file = written(params(RL, RR), numbers(2));
        assertThat(Integer.toHexString(file.getInt(MASK_AT))).isEqualTo("30");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 10})
    @DisplayName("what was written is read as the guest had it")
    void whatWasWrittenIsReadAsItWas(int channels) throws IOException {
        checkReadAsItWas(params(channels));
    }

    @Test
    void whatWasWrittenByAMapIsReadAsItWas() throws IOException {
        checkReadAsItWas(params(LFE, SR, SL, FC, FR, FL));
    }

    private void checkReadAsItWas(PcmParams params) throws IOException {
        byte[] frames = WavFileSupport.array(WavFileSupport.pattern(7 * params.channels()));
        written(params, frames);
        Path in = folder.resolve("out.wav");
        try (WavBackend backend = new WavBackend(folder.resolve("other.wav"), in, true)) {
            AudioSource source = backend.openSource(params, "input 0");
            source.start();
            ByteBuffer read = ByteBuffer.allocate(frames.length);
            source.read(read, 7);
            source.close();
            assertThat(read.array()).isEqualTo(frames);
        }
    }

    @Test
    @DisplayName("a file that does not say what its channels are has them as usual; one that says too little, in part")
    void filesSayWhatTheyHave() {
        assertThat(SpeakerOrder.of(0, 6)).containsExactly(FL, FR, FC, LFE, RL, RR);
        assertThat(SpeakerOrder.of(0x600, 3)).containsExactly(SL, SR, NONE);
        assertThat(SpeakerOrder.mask(List.of(MONO))).isEqualTo(0x4);
    }
}
