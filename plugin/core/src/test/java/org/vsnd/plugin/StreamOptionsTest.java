// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.snd.ChannelMap;
import org.vsnd.snd.StreamInfo;
import org.vsnd.spi.PluginException;

@DisplayName("Options of one stream")
class StreamOptionsTest {
    private static final long U8 = StreamInfo.formatBit(PcmFormat.U8);
    private static final long S16 = StreamInfo.formatBit(PcmFormat.S16);

    /** KEY=VALUE words. */
    private static SoundOptions parse(String words) throws PluginException {
        Map<String, String> given = new HashMap<>();
        for (String word : words.split(" ", -1)) {
            int equals = word.indexOf('=');
            given.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return SoundOptions.parse(VirtioSoundPlugin.descriptor(), given);
    }

    private static List<String> maps(String words) throws PluginException {
        return parse(words).sound().channelMaps().stream()
                .map(StreamOptionsTest::text)
                .toList();
    }

    private static String text(ChannelMap map) {
        return map.functionNid() + ":" + map.direction() + ":" + map.positions();
    }

    @Test
    @DisplayName("win over those of the card, and change no other stream")
    void winOverThoseOfTheCard() throws PluginException {
        List<StreamInfo> streams = parse("outputs=2 inputs=2 formats=S16 rates=48000 channels=2-4"
                        + " formats.output1=U8,S16 rates.input0=8000,16000 channels.input1=1 nid.input1=7")
                .sound()
                .streams();
        long rate48000 = StreamInfo.rateBit(48000);
        long low = StreamInfo.rateBit(8000) | StreamInfo.rateBit(16000);
        assertThat(streams)
                .containsExactly(
                        new StreamInfo(0, 0, S16, rate48000, 2, 4),
                        new StreamInfo(1, 0, U8 | S16, rate48000, 2, 4),
                        new StreamInfo(0, 1, S16, low, 2, 4),
                        new StreamInfo(7, 1, S16, rate48000, 1, 1));
    }

    @Test
    @DisplayName("win over those of a profile as well")
    void winOverThoseOfAProfile() throws PluginException {
        StreamInfo output =
                parse("profile=haiku formats.output0=S32").sound().streams().get(0);
        assertThat(output.formats()).isEqualTo(StreamInfo.formatBit(PcmFormat.S32));
        assertThat(output.channelsMax()).isEqualTo(2);
    }

    @ParameterizedTest
    @DisplayName("are refused with a sentence that names the option")
    @CsvSource(
            delimiter = ';',
            value = {
                "formats.output1=S16; option formats.output1 names a stream that there is not; outputs=2",
                "outputs=0 rates.output0=8000; option rates.output0 names a stream that there is not; outputs=1",
                "formats.inpt0=S16; unknown option 'formats.inpt0'; formats.output0 or formats.input0",
                "formats.=S16; unknown option 'formats.'; formats.output0",
                "formats.output=S16; unknown option 'formats.output'; formats.output0",
                "formats.output0.x=S16; unknown option 'formats.output0.x'; formats.output0",
                "target.output0=20ms; unknown option 'target.output0'; channels, formats, rates, chmaps",
                "loudness.output0=1; unknown option 'loudness.output0'; the options are",
                "host=x; unknown option 'host'; host.output0 or host.input0",
                "nid=3; unknown option 'nid'; nid.output0",
                "nid.output0=x; option nid.output0=x is wrong; a whole number from 0 to 65535",
                "sources.output0=A=1,B=2; option sources.output0=A=1,B=2 is wrong; an output records nothing",
                "sources=A=1,B=2 host.input0=3; option sources=A=1,B=2 is wrong; either that or host.input0",
                "formats.output0=S17; option formats.output0=S17 is wrong; S16",
                "channels.input0=3-2; option channels.input0=3-2 is wrong; LOW-HIGH",
                "chmaps.output0=FL+XX; option chmaps.output0=FL+XX is wrong; on, off, or maps such as",
            })
    void areRefused(String words, String which, String instead) {
        assertThatThrownBy(() -> parse(words))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining(which)
                .hasMessageContaining(instead)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @Tag("SND-93")
    @DisplayName("name the sources of an input, whose devices may have commas and equals signs in them")
    @CsvSource(
            delimiter = ';',
            value = {
                "Mic=a,Line In=b; Mic=a|Line In=b",
                "A=hw:0,B=plughw:1,0; A=hw:0|B=plughw:1,0",
                "A=hw:1,0,B=hw:1,1,CD=hw:2; A=hw:1,0|B=hw:1,1|CD=hw:2",
                "A=hw:CARD=PCH,DEV=0,B=hw:CARD=USB,DEV=0,SUBDEV=1; A=hw:CARD=PCH,DEV=0|B=hw:CARD=USB,DEV=0,SUBDEV=1",
                "MIC=x.wav , LINE= /tmp/y.wav; MIC=x.wav|LINE=/tmp/y.wav"
            })
    void nameSources(String value, String expected) throws PluginException {
        OptionsOfInput options = new OptionsOfInput(Map.of("sources.input1", value, "inputs", "2"));
        List<RecordingSource> sources = options.input(1).sources();
        assertThat(sources.stream()
                        .map(each -> each.label() + "=" + each.device())
                        .collect(Collectors.joining("|")))
                .isEqualTo(expected);
        assertThat(options.input(0).sources()).isEmpty();
        assertThat(options.parsed.sound().controls().sources())
                .containsExactly(
                        List.of(),
                        List.of(),
                        sources.stream().map(RecordingSource::label).toList());
    }

    @ParameterizedTest
    @DisplayName("have no sources of which the label is blank")
    @ValueSource(strings = {" =A,Line=B", "Mic=A,  =B"})
    void haveNoBlankLabels(String value) throws PluginException {
        OptionsOfInput options = new OptionsOfInput(Map.of("sources.input0", "Mic=A,Line=B"));
        assertThat(options.input(0).sources()).hasSize(2);
        assertThatThrownBy(() -> new OptionsOfInput(Map.of("sources.input0", value)))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("LABEL=DEVICE for each, with a label of up to 63 ASCII letters");
    }

    /** The inputs of a card with one output. */
    private static final class OptionsOfInput {
        private final SoundOptions parsed;

        OptionsOfInput(Map<String, String> given) throws PluginException {
            parsed = SoundOptions.parse(VirtioSoundPlugin.descriptor(), given);
        }

        OfferedStream input(int number) {
            return parsed.streams().get(1 + number);
        }
    }

    @Test
    @Tag("SND-86")
    @Tag("SND-87")
    @Tag("SND-88")
    @DisplayName("name channel maps: for the card, for a stream, for streams of one function group together")
    void nameChannelMaps() throws PluginException {
        assertThat(maps("chmaps=FL+FR channels=2-3")).containsExactly("0:0:[3, 4]", "0:1:[3, 4]");
        assertThat(maps("chmaps=off chmaps.output0=MONO,FL+FR+FC+LFE+RL+RR,FL+FR+RL+RR+FC+LFE"))
                .containsExactly("0:0:[2]", "0:0:[3, 4, 7, 8, 5, 6]", "0:0:[3, 4, 5, 6, 7, 8]");
        assertThat(maps("outputs=2 inputs=0 nid.output1=0 channels.output0=1-2 channels.output1=2-8"))
                .containsExactly("0:0:[3, 4]"); // what both have
        assertThat(maps("outputs=2 inputs=0 channels=2 chmaps.output1=RL+RR"))
                .containsExactly("0:0:[3, 4]", "1:0:[5, 6]");
        assertThat(maps("channels=18 inputs=0 chmaps=" + "NA+".repeat(17) + "BRC"))
                .hasSize(1);
        assertThat(maps("channels=9-18")).isEmpty();
        assertThat(maps("profile=haiku channels=1-8 chmaps=on")).containsExactly("0:0:[3, 4]", "0:1:[3, 4]");
    }

    @ParameterizedTest
    @Tag("SND-86")
    @Tag("SND-88")
    @DisplayName("that name channel maps which a driver would refuse are refused, and the reason said")
    @CsvSource(
            delimiter = ';',
            value = {
                "chmaps=FL+FR+FC; FL+FR+FC has 3 channels, and input 0 has 1 to 2; give other channels",
                "channels=2 chmaps=MONO; MONO has 1 channels, and output 0 has 2 to 2; or another map",
                "channels=1-4 chmaps=FL+FL; FL+FL has FL twice; one channel",
                "channels=1-4 chmaps=MONO+FR; MONO is the only channel; MONO+FR has 2",
                "channels=1-4 chmaps=FL+FR,FL+FR; FL+FR is there twice; leave one out",
                "channels=18 chmaps=FL+FR+FC+LFE+RL+RR+SL+SR+RC+FLC+FRC+TC+TFL+TFC+TFR+TRL+TRC+TRR+BC; has 19 channels;"
                        + " at most 18",
                "profile=haiku channels=1-3 chmaps=FL+FR+FC; Haiku does not open a card with FC; FL, FR, RL",
                "outputs=2 nid.output1=0 chmaps.output1=off; output 0 and output 1 share the function group 0; nid.output1",
            })
    void wrongChannelMapsAreRefused(String words, String which, String instead) {
        assertThatThrownBy(() -> parse(words))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining(which)
                .hasMessageContaining(instead)
                .hasMessageNotContaining("\n");
    }

    @Test
    @DisplayName("a map that names no place may name it more than once")
    void noPlaceMayBeThereTwice() throws PluginException {
        assertThat(maps("inputs=0 chmaps=NONE+NONE+NA+NA")).containsExactly("0:0:[0, 0, 1, 1]");
    }
}
