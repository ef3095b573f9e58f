// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.SourceChoice;
import org.vsnd.nativebind.LogLines;

/** Two sinks with a tone each, whose monitors are recorded: which one, the samples say. */
@DisplayName("What is recorded, of several sources of the server")
class PulseSourceChoiceTest {
    private static final int LOW_HZ = 440;
    private static final int HIGH_HZ = 2000;
    private static final int LOW = 0;
    private static final int HIGH = 1;
    private static final int NOWHERE = 2;
    private static final int TENTH = Device.RATE_HZ / 10;

    private final List<Integer> moved = Collections.synchronizedList(new ArrayList<>());
    private final SourceChoice choice =
            new SourceChoice(() -> moved.add(this.choice().chosen()));

    private TestServer server;
    private PulseBackend backend;
    private AudioSource source;
    private int silentFrames;

    private SourceChoice choice() {
        return choice;
    }

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(
                TestServer.NULL_SINK,
                TestServer.NULL_SINK.replace("sink_name=cap", "sink_name=other"),
                "module-sine sink=cap frequency=" + LOW_HZ,
                "module-sine sink=other frequency=" + HIGH_HZ);
        backend = PulseBackend.openSources(List.of("cap.monitor", "other.monitor", "nowhere"), server.address());
    }

    @AfterEach
    void stop() throws Exception {
        backend.close();
        server.close();
    }

    private void open() {
        source = backend.openSource(Device.PARAMS, "input 1", choice);
        assertThat(source.followsChoice()).isTrue();
        source.start();
    }

    /** The tone of a tenth of a second; 0 if it is mostly silent. */
    private int tone() {
        ByteBuffer frames = ByteBuffer.wrap(Device.record(source, TENTH)).order(ByteOrder.LITTLE_ENDIAN);
        int crossings = 0;
        int before = 0;
        for (int frame = 0; frame < TENTH; frame++) {
            int sample = frames.getShort(frame * Pattern.FRAME_BYTES);
            silentFrames += sample == 0 && before == 0 ? 1 : 0;
            crossings += before < 0 && sample >= 0 ? 1 : 0;
            before = sample;
        }
        return crossings * 10;
    }

    /** Records until it is this tone and nothing else. */
    private void awaitTone(int hz) {
        Device.await("a tone of " + hz + " Hz", () -> Math.abs(tone() - hz) <= 20);
    }

    @Test
    @DisplayName("is what was chosen, from the first frame on and as soon as it changes, without a new stream")
    void isWhatWasChosen() throws Exception {
        choice.choose(HIGH);
        open();
        awaitTone(HIGH_HZ);
        String stream = index();
        for (int round = 0; round < 3; round++) {
            silentFrames = 0;
            choice.choose(LOW);
            awaitTone(LOW_HZ);
            choice.choose(HIGH);
            awaitTone(HIGH_HZ);
            System.out.println("two moves: " + silentFrames + " silent frames");
        }
        assertThat(index()).isEqualTo(stream);
        assertThat(server.pactl("list", "source-outputs"))
                .as("the server remembers it for this stream alone")
                .contains("module-stream-restore.id = \"source-output-by-vsnd:input 1\"");
        assertThat(moved)
                .as("what was chosen here is not said to be chosen there")
                .isEmpty();

        server.kill();
        choice.choose(LOW);
        server.restart();
        awaitTone(LOW_HZ);
        assertThat(moved).isEmpty();
    }

    @Test
    @DisplayName("may be moved at the server, which is said once")
    void mayBeMovedAtTheServer() throws Exception {
        open();
        awaitTone(LOW_HZ);
        server.pactl("move-source-output", index(), "other.monitor");
        awaitTone(HIGH_HZ);
        assertThat(moved).containsExactly(HIGH);
        choice.choose(LOW);
        awaitTone(LOW_HZ);
        server.pactl("load-module", "module-null-sink", "sink_name=third", "rate=48000");
        server.pactl("move-source-output", index(), "third.monitor");
        Device.await("silence", () -> tone() == 0);
        assertThat(moved).as("a source that the guest does not know").containsExactly(HIGH);
        choice.choose(HIGH);
        awaitTone(HIGH_HZ);
        assertThat(moved).containsExactly(HIGH);
    }

    @Test
    @DisplayName("stays what it was if the server does not have what was chosen, and that is said")
    void staysWhatItWas() throws Exception {
        open();
        awaitTone(LOW_HZ);
        try (LogLines log = new LogLines()) {
            choice.choose(NOWHERE);
            Device.await("the refusal", () -> moved.equals(List.of(LOW)));
            assertThat(choice.chosen()).isEqualTo(LOW);
            awaitTone(LOW_HZ);
            assertThat(log.with("cannot be recorded from nowhere and stays with cap.monitor"))
                    .hasSize(1);
        }
        source.close();
        choice.choose(NOWHERE);
        open();
        assertThat(tone()).as("it cannot be opened").isZero();
        choice.choose(HIGH);
        awaitTone(HIGH_HZ);
    }

    @Test
    @DisplayName("is the first if nobody can choose")
    void isTheFirstIfNobodyCanChoose() throws Exception {
        source = backend.openSource(Device.PARAMS, "input 1");
        assertThat(source.followsChoice()).isFalse();
        source.start();
        awaitTone(LOW_HZ);
        assertThat(backend.recordsFrom()).isEqualTo("pulse:,cap.monitor|other.monitor|nowhere");
        assertThatThrownBy(() -> PulseBackend.openSources(List.of("a", " ")))
                .hasMessageContaining("a source has no name");
    }

    private String index() throws Exception {
        Matcher number = java.util.regex.Pattern.compile("#(\\d+)").matcher(server.pactl("list", "source-outputs"));
        assertThat(number.find()).isTrue();
        return number.group(1);
    }
}
