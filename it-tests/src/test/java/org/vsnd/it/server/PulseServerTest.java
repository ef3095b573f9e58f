// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

/** The PulseAudio that tests start does what they rely on. */
@Tag("server")
class PulseServerTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int FRAMES = 60_001;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private PulseServer server;

    @BeforeEach
    void start() throws Exception {
        server = PulseServer.builder(folder.resolve("pulse")).nullSink("first").start();
    }

    @AfterEach
    void end() {
        server.close();
    }

    @Test
    void monitorOfANullSinkIsExactToTheLastSample() throws Exception {
        try (MonitorRecorder recorder =
                        MonitorRecorder.start(server, "first.monitor", S16, folder.resolve("recording"));
                FilePlayer player = FilePlayer.start(
                        server, "first", S16, FramePattern.frames(S16, FRAMES), folder.resolve("sound"))) {
            player.awaitEnd(LIMIT);
            recorder.awaitMore(9600);

            HeardPattern heard = HeardPattern.in(recorder.soFar(), S16, FRAMES);
            assertThat(heard.isExact()).as(heard.toString()).isTrue();
        }
    }

    @Test
    void modulesComeAndGo() throws Exception {
        int module = server.pactl().loadModule("module-null-sink", "sink_name=second");
        assertThat(server.pactl().names("sinks")).containsExactly("first", "second");

        server.pactl().unloadModule(module);

        assertThat(server.pactl().names("sinks")).containsExactly("first");
        assertThatThrownBy(() -> server.pactl().loadModule("module-of-nobody")).isInstanceOf(BootException.class);
    }

    @Test
    void streamsAreListed() throws Exception {
        assertThat(server.pactl().list("sink-inputs")).isEmpty();
        try (FilePlayer player =
                FilePlayer.start(server, "first", S16, FramePattern.frames(S16, FRAMES), folder.resolve("sound"))) {
            Await.until(LIMIT, () -> server.pactl().list("sink-inputs").size() == 1, () -> "a stream");
            assertThat(server.pactl().list("sink-inputs").get(0).toString()).contains("vsnd-player");
            assertThat(player.isPlaying()).isTrue();
        }
    }

    @Test
    void killedServerIsGoneWithItsClientsAndComesBackAtTheSameAddress() throws Exception {
        long before = server.pids().get(0);
        try (MonitorRecorder recorder =
                MonitorRecorder.start(server, "first.monitor", S16, folder.resolve("recording"))) {
            server.kill();
            Await.until(LIMIT, () -> !recorder.isRecording(), () -> "the end of its client");
        }
        assertThat(server.pids()).isEmpty();
        assertThat(server.pactl().answers()).isFalse();

        long called = System.nanoTime();
        long answered = server.restart();

        assertThat(answered).isBetween(called, System.nanoTime());
        assertThat(server.pids()).hasSize(1).doesNotContain(before);
        assertThat(server.pactl().names("sinks")).containsExactly("first");
    }

    @Test
    void frozenServerDoesNotAnswerUntilItIsThawed() throws Exception {
        server.freeze();
        assertThat(server.pactl().answers()).isFalse();

        server.thaw();
        assertThat(server.pactl().answers()).isTrue();

        server.freeze();
        long pid = server.pids().get(0);
        server.close();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void twoServersDoNotMeet() throws Exception {
        try (PulseServer other = PulseServer.builder(folder.resolve("other"))
                .nullSink("elsewhere", SoundFormat.S32_STEREO_48K)
                .start()) {
            assertThat(other.pactl().names("sinks")).containsExactly("elsewhere");
            assertThat(server.pactl().names("sinks")).isEqualTo(List.of("first"));
            assertThat(other.pactl().run("list", "short", "sinks")).contains("s32le 2ch 48000Hz");
        }
    }

    @Test
    void serverThatCannotStartSaysWhy() {
        assertThatThrownBy(() -> PulseServer.builder(folder.resolve("third"))
                        .module("module-of-nobody")
                        .start())
                .isInstanceOf(BootException.class)
                .hasMessageContaining("lacks a module")
                .hasMessageContaining("module-of-nobody");
    }
}
