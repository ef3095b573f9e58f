// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.audio.ChannelPosition.FC;
import static org.vsnd.audio.ChannelPosition.FL;
import static org.vsnd.audio.ChannelPosition.FR;
import static org.vsnd.audio.ChannelPosition.LFE;
import static org.vsnd.audio.ChannelPosition.RL;
import static org.vsnd.audio.ChannelPosition.RR;
import static org.vsnd.audio.ChannelPosition.SL;
import static org.vsnd.audio.ChannelPosition.SR;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

@DisplayName("Channels at ALSA")
class AlsaChannelsTest {
    private static final int CHANNELS = 8;
    private static final int FRAMES = 4800;

    @TempDir
    Path folder;

    @AfterEach
    void forgetConfiguration() {
        AlsaConfigFile.forget();
    }

    private static PcmParams params() {
        return new PcmParams(PcmFormat.U8, 48_000, CHANNELS, 4800);
    }

    /** A PCM whose loudspeakers stand in another order than ours. */
    private static String surround(String file) {
        return "pcm.surround { type file " + file + " format raw"
                + " slave.pcm { type null chmap [\"FL,FR,FC,LFE,RL,RR,SL,SR\"] } }";
    }

    private static byte[] frames(int... channels) {
        byte[] frames = new byte[FRAMES * channels.length];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = (byte) (channels[i % channels.length] + 1);
        }
        return frames;
    }

    private byte[] played(List<ChannelPosition> positions) throws Exception {
        Path out = folder.resolve("out.raw");
        AlsaConfigFile.use(folder, surround("file \"" + out + "\""));
        try (AlsaBackend backend = AlsaBackend.open("surround")) {
            AudioSink sink = backend.openSink(params().at(positions), "output 0");
            sink.start();
            sink.write(ByteBuffer.wrap(frames(0, 1, 2, 3, 4, 5, 6, 7)));
            sink.drain();
            sink.close();
        }
        byte[] bytes = Files.readAllBytes(out);
        for (int at = 0; at + CHANNELS <= bytes.length; at += CHANNELS) {
            if (bytes[at] != (byte) 0x80) {
                return Arrays.copyOfRange(bytes, at, at + CHANNELS);
            }
        }
        return new byte[0];
    }

    @Test
    @DisplayName("are played where they belong, if the PCM has its own order and says which")
    void arePlayedWhereTheyBelong() throws Exception {
        assertThat(played(List.of())).containsExactly(1, 2, 5, 6, 3, 4, 7, 8); // ALSA's usual order
        assertThat(played(List.of(SR, SL, RR, RL, LFE, FC, FR, FL))).containsExactly(8, 7, 6, 5, 4, 3, 2, 1);
        assertThat(played(List.of(FL, FR, FC, LFE, RL, RR, SL, SR))).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    @DisplayName("are recorded as the guest's map has them")
    void areRecordedAsTheMapHasThem() throws Exception {
        Path in = Files.write(folder.resolve("in.raw"), frames(0, 1, 2, 3, 4, 5, 6, 7));
        AlsaConfigFile.use(folder, surround("file /dev/null infile \"" + in + "\""));
        byte[] recorded = new byte[CHANNELS];
        try (AlsaBackend backend = AlsaBackend.open("null,surround")) {
            AudioSource source = backend.openSource(params(), "input 0");
            source.start();
            long[] due = new long[1];
            Sound.await("a frame", () -> {
                ByteBuffer frames = ByteBuffer.allocate(480 * CHANNELS);
                due[0] += 480;
                source.read(frames, due[0]);
                frames.get(0, recorded);
                return recorded[1] == 2;
            });
            source.close();
        }
        assertThat(recorded).containsExactly(1, 2, 5, 6, 3, 4, 7, 8);
    }

    @Test
    @DisplayName("are as many as there are loudspeakers, if the PCM says how many")
    void areAsManyAsThereAreLoudspeakers() throws Exception {
        AlsaConfigFile.use(
                folder,
                surround("file /dev/null"),
                "pcm.plugged { type plug slave.pcm { type null chmap [\"FL,FR\"] } }");
        try (AlsaBackend surround = AlsaBackend.open("surround");
                AlsaBackend plugged = AlsaBackend.open("plugged");
                AlsaBackend silent = AlsaBackend.open("null");
                AlsaBackend missing = AlsaBackend.open("nowhere")) {
            assertThat(surround.mostChannels(true)).isEqualTo(8);
            assertThat(plugged.mostChannels(true)).isEqualTo(2);
            assertThat(plugged.playbackRefusal(PcmFormat.S16, 48_000, 6)).isEmpty(); // who asks for them gets them
            assertThat(silent.mostChannels(true)).isEqualTo(Integer.MAX_VALUE);
            assertThat(missing.mostChannels(false)).isEqualTo(Integer.MAX_VALUE);
        }
    }
}
