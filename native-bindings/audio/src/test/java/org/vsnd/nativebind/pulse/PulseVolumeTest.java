// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.HostVolume;

@DisplayName("A stream's volume at the server")
class PulseVolumeTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-4);

    private final List<HostVolume.Level> reported = Collections.synchronizedList(new ArrayList<>());
    private final HostVolume volume = new HostVolume(this::changed);

    private TestServer server;
    private PulseBackend backend;

    private void changed() {
        HostVolume.Level level = volume.takeReported();
        if (level != null) {
            reported.add(level);
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(TestServer.NULL_SINK);
        backend = PulseBackend.open("cap,cap.monitor", server.address());
    }

    @AfterEach
    void stop() throws Exception {
        backend.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("is what the device wants, and what others set it to is reported once, also after the server was away")
    void followsBothWays(boolean capture) throws Exception {
        volume.want(new HostVolume.Level(List.of(0.125, 1.0), true));
        open(capture);
        awaitAtServer(capture, "Mute: yes", "front-left: 32768", "front-right: 65536");
        volume.want(new HostVolume.Level(List.of(0.001, 0.0), false));
        awaitAtServer(capture, "Mute: no", "front-left: 6554", "front-right: 0");
        Thread.sleep(100);
        assertThat(reported).as("what the device has set itself").isEmpty();

        String kind = capture ? "source-output" : "sink-input";
        server.pactl("set-" + kind + "-volume", index(capture), "16384", "98304");
        Device.await("the volume to be reported", () -> reported.size() == 1);
        assertThat(reported.get(0).gains().get(0)).isCloseTo(1 / 64.0, CLOSE);
        assertThat(reported.get(0).gains().get(1)).as("above the sound's own").isEqualTo(1);
        assertThat(reported.get(0).muted()).isFalse();
        server.pactl("set-" + kind + "-mute", index(capture), "1");
        Device.await("the switch to be reported", () -> reported.size() == 2);
        assertThat(reported.get(1).muted()).isTrue();
        server.pactl("set-" + kind + "-mute", index(capture), "1");

        volume.want(new HostVolume.Level(List.of(0.125, 0.125), false));
        awaitAtServer(capture, "Mute: no", "front-left: 32768", "front-right: 32768");
        server.kill();
        server.restart();
        awaitAtServer(capture, "Mute: no", "front-left: 32768", "front-right: 32768");
        server.pactl("set-" + kind + "-mute", index(capture), "1");
        Device.await("the switch to be reported again", () -> reported.size() == 3);
        server.pactl("set-" + kind + "-volume", index(capture), "16384", "16384");
        Device.await("the volume to be reported again", () -> reported.size() == 4);
        server.kill();
        server.restart();
        awaitAtServer(capture, "Mute: yes", "front-left: 16384", "front-right: 16384");
        assertThat(reported).as("it is what it was").hasSize(4);
    }

    private void open(boolean capture) {
        if (capture) {
            AudioSource source = backend.openSource(Device.PARAMS, "input 1");
            assertThat(source.tie(volume)).isTrue();
            source.start();
        } else {
            AudioSink sink = backend.openSink(Device.PARAMS, "output 1");
            assertThat(sink.tie(volume)).isTrue();
            sink.start();
        }
    }

    private String list(boolean capture) {
        try {
            return server.pactl("list", capture ? "source-outputs" : "sink-inputs");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void awaitAtServer(boolean capture, String... words) {
        Device.await(String.join(", ", words), () -> {
            String list = list(capture);
            return List.of(words).stream().allMatch(list::contains);
        });
    }

    private String index(boolean capture) {
        Matcher number = Pattern.compile("#(\\d+)").matcher(list(capture));
        assertThat(number.find()).isTrue();
        return number.group(1);
    }
}
