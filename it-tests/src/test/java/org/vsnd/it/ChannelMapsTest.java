// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.audio.ChannelPosition.FC;
import static org.vsnd.audio.ChannelPosition.FL;
import static org.vsnd.audio.ChannelPosition.FR;
import static org.vsnd.audio.ChannelPosition.LFE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.guest.driver.ControlReply;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.trace.tape.TapeSink;

@DisplayName("Channel maps")
class ChannelMapsTest {
    private static List<List<ChannelPosition>> playbackMaps(SoundDriver driver, int count) {
        int size = SndWire.CHMAP_INFO_BYTES;
        ControlReply reply = driver.info(SndWire.R_CHMAP_INFO, 0, count, size, 4 + count * size);
        assertThat(reply.status()).isEqualTo(SndWire.S_OK);
        ByteBuffer payload = ByteBuffer.wrap(reply.payload()).order(ByteOrder.LITTLE_ENDIAN);
        List<List<ChannelPosition>> maps = new ArrayList<>();
        for (int at = 0; at < count * size; at += size) {
            List<ChannelPosition> positions = new ArrayList<>();
            for (int i = 0; i < payload.get(at + 5); i++) {
                positions.add(ChannelPosition.of(payload.get(at + 6 + i)).orElseThrow());
            }
            if (payload.get(at + 4) == 0) {
                maps.add(positions);
            }
        }
        return maps;
    }

    @Test
    @Tag("SND-85")
    @Tag("SND-86")
    @Tag("SND-87")
    @Tag("SND-88")
    @DisplayName("are there by default for every number of channels, and reach host audio")
    void areThereByDefault() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            List<List<ChannelPosition>> maps = playbackMaps(driver, 10);
            assertThat(maps).hasSize(8);
            for (int channels = 1; channels <= 8; channels++) {
                assertThat(maps.get(channels - 1)).isEqualTo(ChannelPosition.usual(channels));
                driver.open(0, new StreamSetup(SndWire.FMT_S16, SndWire.RATE_48000, channels, 480, 1920));
                List<TapeSink> sinks = machine.tape().sinks();
                assertThat(sinks.get(sinks.size() - 1).params().speakers()).isEqualTo(ChannelPosition.usual(channels));
            }
        }
    }

    @Test
    @DisplayName("of which two have as many channels: the guest means the first, which Linux shows")
    void theFirstIsMeant() {
        Map<String, String> options = Map.of("inputs", "0", "chmaps", "FL+FR+FC+LFE,FL+FR+RL+RR");
        try (VirtualMachine machine = VirtualMachine.guarded(options)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            assertThat(playbackMaps(driver, 2)).hasSize(2);
            driver.open(0, new StreamSetup(SndWire.FMT_S16, SndWire.RATE_48000, 4, 480, 1920));
            assertThat(machine.tape().sink().params().positions()).containsExactly(FL, FR, FC, LFE);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("without any option Haiku opens the card, and plays stereo in 32 bits at 48000 Hz")
    void haikuOpensTheCard(HaikuVersion version) {
        try (VirtualMachine machine = VirtualMachine.guarded();
                HaikuGuest guest = new HaikuGuest(machine.bus(), version)) {
            MultiAudioNode node = guest.play(NodeSettings.ofMediaServer());
            assertThat(node.format()).isEqualTo(SampleFormat.S32);
            assertThat(node.rateHz()).isEqualTo(48_000);
            assertThat(machine.tape().sink().params().speakers()).containsExactly(FL, FR);
        }
    }
}
