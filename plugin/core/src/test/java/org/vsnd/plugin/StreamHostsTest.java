// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PlugListener;
import org.vsnd.audio.SourceChoice;
import org.vsnd.nativebind.alsa.AlsaBackend;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;

@DisplayName("A stream's own device and name")
class StreamHostsTest {
    private static final PcmParams TONE = new PcmParams(PcmFormat.S16, 48_000, 1, 480);
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.U8, 48_000, 1, 480);

    @TempDir
    Path folder;

    private static SoundOptions parse(Map<String, String> given) throws PluginException {
        return SoundOptions.parse(VirtioSoundPlugin.descriptor(), given);
    }

    private static void play(AudioBackend backend, String streamName, int sample) {
        AudioSink sink = backend.openSink(PARAMS, streamName);
        sink.start();
        sink.write(ByteBuffer.wrap(new byte[] {(byte) sample}));
        sink.drain();
        sink.close();
    }

    private static int last(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return bytes[bytes.length - 2]; // one sample and one of padding
    }

    @Test
    @DisplayName("are files of its own with wav, also to record from; streams that name the same share it")
    void areFilesOfItsOwn() throws Exception {
        Path card = folder.resolve("card.wav");
        Path own = folder.resolve("own.wav");
        Map<String, String> given = new HashMap<>(Map.of("backend", "wav:" + card, "outputs", "3"));
        given.put("host.output1", own.toString());
        given.put("host.output2", own.toString());
        try (AudioBackend backend = StreamHosts.open(parse(given), TimeBase.VIRTUAL)) {
            assertThat(backend.name()).isEqualTo("wav:" + card);
            play(backend, "output 0", 11);
            play(backend, "output 1", 22);
            play(backend, "output 2", 33); // the same file, after the other
        }
        assertThat(last(card)).isEqualTo(11);
        byte[] bytes = Files.readAllBytes(own);
        assertThat(bytes[bytes.length - 2]).isEqualTo((byte) 22);
        assertThat(bytes[bytes.length - 1]).isEqualTo((byte) 33);

        Map<String, String> recording = Map.of("backend", "null", "host.input0", own.toString());
        assertThatThrownBy(() -> StreamHosts.open(parse(recording), TimeBase.VIRTUAL))
                .hasMessageContaining("option host.input0=" + own + " is wrong")
                .hasMessageContaining("null takes no arguments");

        given.put("host.input0", own.toString());
        given.put("backend", "wav:" + folder.resolve("third.wav"));
        given.remove("host.output1");
        given.remove("host.output2");
        try (AudioBackend backend = StreamHosts.open(parse(given), TimeBase.VIRTUAL)) {
            AudioSource source = backend.openSource(PARAMS, "input 0");
            source.start();
            ByteBuffer read = ByteBuffer.allocate(2);
            source.read(read, 2);
            assertThat(read.array()).containsExactly(22, 33);
            assertThat(backend.recordsFrom("input 0")).contains("own.wav");
            assertThat(backend.recordsFrom()).contains("silence");
            source.close();
        }
    }

    @Test
    @DisplayName("may be several to record from, of which the chosen one is opened")
    void mayBeSeveral() throws Exception {
        Map<String, String> given = Map.of("backend", "tone:440", "sources", "Low=441,High=4800", "formats", "S16");
        SoundOptions options = parse(given);
        try (AudioBackend backend = StreamHosts.open(options, TimeBase.VIRTUAL)) {
            SourceChoice choice = new SourceChoice(() -> {});
            assertThat(periodFrames(backend.openSource(TONE, "input 0", choice)))
                    .isGreaterThan(100);
            choice.choose(1);
            AudioSource high = backend.openSource(TONE, "input 0", choice);
            assertThat(high.followsChoice()).isFalse();
            assertThat(periodFrames(high)).isEqualTo(10);
            assertThat(periodFrames(backend.openSource(TONE, "input 0")))
                    .as("if nobody chooses")
                    .isGreaterThan(100);
            assertThat(backend.recordsFrom("input 0")).isEqualTo("tone:441 | tone:4800");
            AudioBackend own = StreamHosts.of(backend, options.streams().get(1).name());
            assertThat(own.name()).isEqualTo("tone:441 | tone:4800");
            assertThat(own.recordsFrom()).isEqualTo("tone:441 | tone:4800");
            assertThat(own.captureRefusal(PcmFormat.S16, 48_000, 2)).isEmpty();
            assertThat(own.captureRefusal(PcmFormat.DSD_U8, 48_000, 2)).isPresent();
            assertThat(own.mostChannels(false)).isGreaterThan(2);
        }
    }

    /** Frames between two zeros at which the tone rises. */
    private static int periodFrames(AudioSource source) {
        source.start();
        ByteBuffer frames = ByteBuffer.allocate(2 * 480).order(ByteOrder.LITTLE_ENDIAN);
        source.read(frames, 480);
        source.close();
        int first = -1;
        for (int frame = 1; frame < 480; frame++) {
            if (frames.getShort(2 * frame - 2) < 0 && frames.getShort(2 * frame) >= 0) {
                if (first >= 0) {
                    return frame - first;
                }
                first = frame;
            }
        }
        return 480;
    }

    @ParameterizedTest
    @DisplayName("that may be chosen are refused where they make no sense")
    @CsvSource({
        "auto, auto takes no arguments",
        "null, null takes no arguments",
        "tone:440, is not a tone",
        "wav:, is not a WAV file",
        "'pulse:a,b', a source has no name"
    })
    void sourcesAreRefused(String spec, String why) throws IOException {
        String backend = spec.equals("wav:") ? spec + folder.resolve("card.wav") : spec;
        Path first = Files.write(folder.resolve("first.wav"), new byte[64]);
        String sources =
                "A=" + (spec.startsWith("tone") ? "1" : first) + ",B=" + (spec.startsWith("pulse") ? " " : "/x");
        assertThatThrownBy(() -> StreamHosts.open(parse(Map.of("backend", backend, "sources", sources)), TimeBase.WALL))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("option sources=" + sources + " is wrong")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @DisplayName("are refused where they make no sense")
    @CsvSource({"auto, output0", "auto, input0", "null, output0", "wav:, output0", "tone:440, output0"})
    void areRefusedWhereTheyMakeNoSense(String spec, String stream) {
        String backend = spec.equals("wav:") ? spec + folder.resolve("card.wav") : spec;
        assertThatThrownBy(() -> StreamHosts.open(
                        parse(Map.of("backend", backend, "host." + stream, "/nowhere/at/all")), TimeBase.WALL))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("host." + stream);
    }

    @Test
    @DisplayName("a jack that follows the host follows that of its stream")
    void aJackFollowsItsStreams() throws Exception {
        assumeThat(AlsaBackend.isInstalled()).isTrue();
        Map<String, String> given = Map.of(
                "backend", "alsa:null", "outputs", "2", "host.output1", "hw:NoSuchCard", "name.output1", "Radio");
        BlockingQueue<Boolean> heard = new LinkedBlockingQueue<>();
        try (AudioBackend backend = StreamHosts.open(parse(given), TimeBase.WALL)) {
            backend.follow(HostSocket.LINE, true, "output 0", heard::add);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).as("knows nothing").isTrue();
            backend.follow(HostSocket.LINE, true, "output 1", heard::add);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).as("is not there").isFalse();
        }
    }

    @Test
    @DisplayName("a name is the host's for it; the device calls it as before")
    void aNameIsTheHosts() throws PluginException {
        List<String> seen = new ArrayList<>();
        AudioBackend other = new NullBackend();
        AudioBackend host = new ForwardingBackend() {
            @Override
            protected AudioBackend host(boolean playback) {
                return other;
            }

            @Override
            public AudioSink openSink(PcmParams params, String streamName) {
                seen.add(streamName);
                return super.openSink(params, streamName);
            }

            @Override
            public AudioSource openSource(PcmParams params, String streamName) {
                seen.add(streamName);
                return super.openSource(params, streamName);
            }

            @Override
            public AudioSource openSource(PcmParams params, String streamName, SourceChoice choice) {
                seen.add(streamName + " from " + choice.chosen());
                return super.openSource(params, streamName, choice);
            }

            @Override
            public PlugListener.Following follow(
                    HostSocket socket, boolean output, String streamName, PlugListener listener) {
                seen.add(socket + " " + output + " " + streamName);
                return PlugListener.Following.NONE;
            }
        };
        SoundOptions options = parse(Map.of(
                "outputs", "2", "name.output1", "Radio", "name.input0", "Telephone", "sources.input0", "A=x,B=y"));
        SourceChoice choice = new SourceChoice(() -> {});
        choice.choose(1);
        try (AudioBackend backend = StreamHosts.over(options, host)) {
            backend.openSink(PARAMS, "output 0");
            backend.openSink(PARAMS, "output 1");
            backend.openSource(PARAMS, "input 0");
            backend.openSource(PARAMS, "input 0", choice);
            backend.follow(HostSocket.MIC, false, "input 0", connected -> {}).close();
            backend.follow(HostSocket.LINE, true, "output 0", connected -> {}).close();
            assertThat(backend.takesUp(PARAMS, "output 1")).isFalse();
            assertThat(backend.openResampler(PARAMS)).isEmpty();
            assertThat(backend.generation()).isZero();
            assertThat(backend.playbackRefusal(PcmFormat.S16, 48_000, 2)).isEmpty();
            assertThat(backend.captureRefusal(PcmFormat.S16, 48_000, 2)).isEmpty();
        }
        assertThat(seen)
                .containsExactly(
                        "output 0",
                        "Radio",
                        "Telephone",
                        "Telephone from 1",
                        "MIC false Telephone",
                        "LINE true output 0");
        assertThat(StreamHosts.over(parse(Map.of()), host)).isSameAs(host);
        assertThatThrownBy(() -> StreamHosts.over(parse(Map.of("host.output0", "x")), host))
                .hasMessageContaining("host.output0 needs the option backend");
    }
}
