// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.snd.StreamInfo;
import org.vsnd.spi.PluginException;

@DisplayName("What the host cannot do")
class OfferedSoundsTest {
    /** A card's bare hardware. */
    private record Hardware(Set<PcmFormat> formats, Set<Integer> ratesHz, Set<Integer> channels)
            implements AudioBackend {
        @Override
        public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int count) {
            return formats.contains(format) && ratesHz.contains(rateHz) && channels.contains(count)
                    ? Optional.empty()
                    : Optional.of("hw:0 does not play " + format + " at " + rateHz + " with " + count);
        }

        @Override
        public String name() {
            return "alsa:hw:0";
        }

        @Override
        public AudioSink openSink(PcmParams params, String streamName) {
            return new NullBackend().openSink(params, streamName);
        }

        @Override
        public AudioSource openSource(PcmParams params, String streamName) {
            return new NullBackend().openSource(params, streamName);
        }

        @Override
        public void close() {}
    }

    private static final Hardware PLAIN =
            new Hardware(EnumSet.of(PcmFormat.S16, PcmFormat.S32), Set.of(44_100, 48_000), Set.of(2));

    private static SoundOptions fit(AudioBackend host, Map<String, String> given) throws PluginException {
        return OfferedSounds.fit(SoundOptions.parse(VirtioSoundPlugin.descriptor(), given), host);
    }

    @Test
    @DisplayName("is left out of the defaults, with its channel maps, and said")
    void isLeftOutOfTheDefaults() throws PluginException {
        try (LogLines log = new LogLines(OfferedSounds.class)) {
            SoundOptions options = fit(PLAIN, Map.of("inputs", "0"));
            long formats = StreamInfo.formatBit(PcmFormat.S16) | StreamInfo.formatBit(PcmFormat.S32);
            long rates = StreamInfo.rateBit(44_100) | StreamInfo.rateBit(48_000);
            assertThat(options.sound().streams()).containsExactly(new StreamInfo(0, 0, formats, rates, 2, 2));
            assertThat(options.sound().channelMaps())
                    .singleElement()
                    .satisfies(map -> assertThat(map.positions()).containsExactly(3, 4));
            assertThat(log.lines())
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line).startsWith("output 0 does not offer U8, FLOAT, 8000 Hz, 11025 Hz"));
        }
    }

    @Test
    @DisplayName("is refused if the operator asked for it, for the card or for one stream")
    void isRefusedIfAskedFor() {
        assertThatThrownBy(() -> fit(PLAIN, Map.of("formats", "S16,U8")))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("does not play U8 at 48000");
        assertThatThrownBy(() -> fit(PLAIN, Map.of("rates.output0", "8000,48000")))
                .hasMessageContaining("does not play S16 at 8000");
        assertThatThrownBy(() -> fit(PLAIN, Map.of("channels.output0", "2-6"))).hasMessageContaining("with 3");
        assertThatThrownBy(() -> fit(PLAIN, Map.of("channels.output0", "1-2"))).hasMessageContaining("with 1");
        assertThatThrownBy(() -> fit(PLAIN, Map.of("chmaps.output0", "FL+FR+LFE")))
                .hasMessageContaining("output 0 has 2 to 2");
    }

    @Test
    @DisplayName("is everything: the card is refused")
    void isEverything() {
        Hardware nothing = new Hardware(Set.of(PcmFormat.DSD_U8), Set.of(384_000), Set.of(2));
        assertThatThrownBy(() -> fit(nothing, Map.of()))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("does not play U8 at 48000 with 2");
    }

    @Test
    @DisplayName("is only known of all together: the card is refused")
    void isOnlyKnownOfAllTogether() {
        AudioBackend either = new ForwardingBackend() {
            @Override
            protected AudioBackend host(boolean playback) {
                return PLAIN;
            }

            @Override
            public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
                return format == PcmFormat.S32 && rateHz == 44_100
                        ? Optional.of("not S32 at 44100")
                        : super.playbackRefusal(format, rateHz, channels);
            }
        };
        assertThatThrownBy(() -> fit(either, Map.of())).hasMessageContaining("not S32 at 44100");
    }

    @Test
    @DisplayName("matters for no stream that is silent")
    void mattersForNoSilentStream() throws PluginException {
        AudioBackend deaf = new ForwardingBackend() {
            @Override
            protected AudioBackend host(boolean playback) {
                return PLAIN;
            }

            @Override
            public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
                return Optional.of("no microphone");
            }
        };
        assertThat(fit(deaf, Map.of("outputs", "0", "capture", "off")).sound().streams())
                .hasSize(1);
        assertThatThrownBy(() -> fit(deaf, Map.of("outputs", "0"))).hasMessageContaining("no microphone");
    }
}
