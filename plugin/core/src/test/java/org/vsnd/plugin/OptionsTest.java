// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PcmFormat;
import org.vsnd.plugin.load.PluginDescriptor;
import org.vsnd.snd.CompletionPolicy;
import org.vsnd.snd.ExchangeRule;
import org.vsnd.snd.JackInfo;
import org.vsnd.snd.JackKind;
import org.vsnd.snd.StopRule;
import org.vsnd.snd.StreamInfo;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PluginException;

class OptionsTest {
    private static SoundOptions parse(String... keysAndValues) throws PluginException {
        Map<String, String> given = new java.util.HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return SoundOptions.parse(VirtioSoundPlugin.descriptor(), given);
    }

    @Test
    void defaultsAreThoseThatEveryKnownGuestAccepts() throws PluginException {
        SoundOptions options = parse();
        assertThat(options.backend()).isEqualTo("auto");
        assertThat(options.msixVectors()).isEqualTo(2);
        assertThat(options.sound().rules().targetNanos()).isEqualTo(20_000_000);
        assertThat(options.sound().rules().completion()).isEqualTo(CompletionPolicy.PACED);
        assertThat(options.sound().rules().exchange()).isEqualTo(ExchangeRule.AUTO);
        assertThat(options.sound().rules().capture()).isTrue();
        assertThat(options.sound().rules().stop()).isEqualTo(StopRule.KEEP);
        assertThat(options.sound().rules().strict()).isFalse();
        assertThat(options.sound().rules().headerBytes()).isEqualTo(4);
        long formats = 1 << 4 | 1 << 5 | 1 << 17 | 1 << 19; // U8, S16, S32, FLOAT
        long rates = 0xfe; // 8000 to 48000, without a gap
        assertThat(options.sound().streams())
                .containsExactly(
                        new StreamInfo(0, 0, formats, rates, 1, 8), new StreamInfo(0, 1, formats, rates, 1, 2));
        assertThat(options.sound().channelMaps().stream()
                        .map(map -> map.direction() + " " + map.positions())
                        .toList())
                .containsExactly(
                        "0 [2]",
                        "0 [3, 4]",
                        "0 [3, 4, 8]",
                        "0 [3, 4, 5, 6]",
                        "0 [3, 4, 5, 6, 7]",
                        "0 [3, 4, 5, 6, 7, 8]",
                        "0 [3, 4, 5, 6, 7, 8, 11]",
                        "0 [3, 4, 5, 6, 7, 8, 9, 10]",
                        "1 [2]",
                        "1 [3, 4]");
    }

    @ParameterizedTest
    @CsvSource({
        "auto, VOLUME SOURCE MUTE",
        "on, VOLUME SOURCE MUTE",
        "'volume,mute', VOLUME MUTE",
        "source, SOURCE",
        "mute, MUTE",
        "off, ''"
    })
    void theMixersControlsAreThoseThatWereChosen(String value, String expected) throws PluginException {
        assertThat(parse("controls", value, "inputs", "2").sound().controls().streams())
                .hasSize(3)
                .allSatisfy(controls -> assertThat(String.join(
                                " ",
                                controls.stream()
                                        .map(Enum::name)
                                        .sorted(Comparator.reverseOrder())
                                        .toList()))
                        .isEqualTo(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "loudness; 3; unknown option 'loudness'",
                "volume; 3; one of card, host",
                "profile; beos; one of default, haiku",
                "outputs; 33; whole number from 0 to 32",
                "outputs; -1; whole number from 0 to 32",
                "outputs; 99999999999; whole number from 0 to 32",
                "outputs; ''; whole number from 0 to 32",
                "channels; 2-1; LOW-HIGH between 1 and 18",
                "channels; 0-2; LOW-HIGH between 1 and 18",
                "formats; S16,S17; S16",
                "formats; ''; S16",
                "formats; S16,; S16",
                "rates; 48001; 48000",
                "chmaps; yes; on, off, or maps such as FL+FR",
                "chmaps; ''; on, off, or maps",
                "chmaps; FL+FR,; on, off, or maps",
                "controls; tone; auto, on, off, volume, mute, source",
                "controls; 'off,mute'; auto, on or off alone",
                "controls; 'volume,on'; auto, on or off alone",
                "sources; Mic; LABEL=DEVICE for each",
                "sources; Mic=a,=b; LABEL=DEVICE for each",
                "sources; Mic=; LABEL=DEVICE for each",
                "sources; Gr\u00fcn=a,Rot=b; up to 63 ASCII letters",
                "sources; CARD=a,Rot=b; LABEL=DEVICE for each",
                "sources; Mic=a; 2 to 32 sources with labels that differ, or one as host.input0=DEVICE",
                "sources; Mic=a,Mic=b; labels that differ",
                "msix; 1; 0 for INTx only",
                "msix; 2049; whole number from 0 to 2048",
                "target; 20; for example 20ms",
                "target; 3s; from 500us to 2s",
                "target; 1us; from 500us to 2s",
                "completion; late; paced, played, copied",
                "exchange; double; auto, single, multi",
                "jacks; phone:output0; its kind is one of line-out, speaker, headphone",
                "jacks; ''; its kind is one of",
                "jacks; 'mic:input0,'; its kind is one of",
                "jacks; headphone; 'one of the card''s streams, [output0, input0]'",
                "jacks; headphone:output1; output0",
                "jacks; headphone:0; output0",
                "jacks; headphone:input0; does not pass there",
                "jacks; headphone:output0:loud; unplugged or remap or host",
                "backend; oss; oss",
                "backend; auto:x; auto takes no arguments",
                "backend; pulse:a,b,c; pulse:SINK,SOURCE",
            })
    void aWrongValueIsOneSentenceThatSaysWhatIsRight(String name, String value, String expected) {
        assertThatThrownBy(() -> {
                    SoundOptions options = parse(name, value);
                    HostAudio.open(options.backend(), org.vsnd.spi.TimeBase.WALL);
                })
                .hasMessageContaining(name.equals("backend") ? expected : name)
                .hasMessageContaining(expected)
                .hasMessageNotContaining("\n");
    }

    @Test
    void theProfileOfHaikuNarrowsWhatIsOfferedAndNothingElse() throws PluginException {
        long rates = StreamInfo.rateBit(44100) | StreamInfo.rateBit(48000);
        long s16 = StreamInfo.formatBit(PcmFormat.S16);
        SoundOptions haiku = parse("profile", "haiku");
        assertThat(haiku.sound().streams())
                .containsExactly(new StreamInfo(0, 0, s16, rates, 1, 2), new StreamInfo(0, 1, s16, rates, 1, 2));
        assertThat(haiku.sound().channelMaps())
                .hasSize(2)
                .allSatisfy(map -> assertThat(map.positions()).containsExactly(3, 4));
        assertThat(parse("formats", "S16", "rates", "44100,48000", "channels", "1-2", "chmaps", "FL+FR")
                        .sound())
                .isEqualTo(haiku.sound());
        assertThat(parse("profile", "default").sound()).isEqualTo(parse().sound());
    }

    @Test
    void theProfilesOfGuestsThatNeedOtherSoundsOfferThem() throws PluginException {
        StreamInfo nuttx = parse("profile", "nuttx").sound().streams().get(0);
        assertThat(nuttx.formats() & StreamInfo.formatBit(PcmFormat.S8)).isNotZero();
        assertThat(nuttx.rates() & StreamInfo.rateBit(11025)).isNotZero();
        assertThat(parse("profile", "freebsd").sound().rules().exchange()).isEqualTo(ExchangeRule.SINGLE);
    }

    @Test
    void jacksOfAStreamAreAGroup() throws PluginException {
        String jacks =
                "speaker:output0,headphone:output0:unplugged,line-out:output1:remap:host,mic:input0:remap:unplugged";
        assertThat(parse("outputs", "2", "jacks", jacks).sound().jacks())
                .containsExactly(
                        new JackInfo("speaker:output0", JackKind.SPEAKER, 0, 1, 0, false, true, null),
                        new JackInfo("headphone:output0", JackKind.HEADPHONE, 0, 1, 1, false, false, null),
                        new JackInfo("line-out:output1", JackKind.LINE_OUT, 1, 2, 0, true, true, "output 1"),
                        new JackInfo("mic:input0", JackKind.MIC, 0, 3, 0, true, false, null));
        assertThat(parse().sound().jacks()).isEmpty();
    }

    @Test
    void thereAreNoMoreJacksThanADriverCanTellApart() {
        String sixteen = String.join(",", Collections.nCopies(16, "headphone:output0"));
        assertThatThrownBy(() -> parse("jacks", sixteen + ",speaker:output0")).hasMessageContaining("at most 16 jacks");
        String more = sixteen + "," + String.join(",", Collections.nCopies(16, "mic:input0")) + ",hdmi:output1";
        assertThatThrownBy(() -> parse("outputs", "2", "inputs", "2", "jacks", more.replace("input0", "input1")))
                .hasMessageContaining("at most 32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wav:out.wav", "tone:440", "null"})
    void everyBackEndPlaysWhatAProfileOffers(String backend) throws Exception {
        for (String profile : Profiles.DEFAULTS.keySet()) {
            SoundOptions options = parse("profile", profile, "backend", backend);
            try (AudioBackend opened = HostAudio.open(options.backend(), org.vsnd.spi.TimeBase.VIRTUAL)) {
                assertThat(OfferedSounds.fit(options, opened).sound()).isEqualTo(options.sound());
            } catch (BackendException e) {
                // this machine has no such audio
            }
        }
    }

    @Test
    void whatTheOperatorGivesWinsOverTheProfile() throws PluginException {
        StreamInfo output = parse("profile", "haiku", "formats", "S32", "rates", "96000")
                .sound()
                .streams()
                .get(0);
        assertThat(output.formats()).isEqualTo(StreamInfo.formatBit(PcmFormat.S32));
        assertThat(output.rates()).isEqualTo(StreamInfo.rateBit(96000));
    }

    @Test
    void stopIsWhatTheGuestNeeds() throws PluginException {
        assertThat(parse("profile", "windows").sound().rules().stop()).isEqualTo(StopRule.ALL);
        assertThat(parse("profile", "rt-thread").sound().rules().stop()).isEqualTo(StopRule.ALL);
        assertThat(parse("stop", "inputs").sound().rules().stop()).isEqualTo(StopRule.INPUTS);
        assertThat(parse("profile", "windows", "stop", "keep").sound().rules().stop())
                .isEqualTo(StopRule.KEEP);
    }

    @Test
    void strictHoldsDriversToTheStandard() throws PluginException {
        assertThat(parse("strict", "on").sound().rules().strict()).isTrue();
    }

    @Test
    void headersAreAsLongAsTheDriversAre() throws PluginException {
        assertThat(parse("header", "8").sound().rules().headerBytes()).isEqualTo(8);
        assertThat(parse("profile", "aero").sound().rules().headerBytes()).isEqualTo(8);
        assertThatThrownBy(() -> parse("header", "6")).isInstanceOf(PluginException.class);
    }

    @Test
    void aCardWithoutStreamsIsRefused() {
        assertThatThrownBy(() -> parse("outputs", "0", "inputs", "0")).isInstanceOf(PluginException.class);
    }

    @Test
    void monoOnlyCardsHaveNoStereoMap() throws PluginException {
        assertThat(parse("channels", "1").sound().channelMaps())
                .hasSize(2)
                .allSatisfy(map -> assertThat(map.positions()).containsExactly(2));
    }

    @Test
    void theServiceIsTheClassThatPluginYamlNames() {
        PluginDescriptor descriptor = VirtioSoundPlugin.descriptor();
        assertThat(ServiceLoader.load(PciDevicePlugin.class)).singleElement().satisfies(plugin -> {
            assertThat(plugin.id()).isEqualTo(descriptor.id());
            assertThat(plugin.getClass().getName()).isEqualTo(descriptor.className());
        });
    }
}
