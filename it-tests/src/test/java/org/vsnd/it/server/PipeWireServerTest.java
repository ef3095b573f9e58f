// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

/** The PipeWire that tests start does what they rely on. */
@Tag("server")
class PipeWireServerTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int FRAMES = 60_001;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @Test
    void playsExactlyBeforeAndAfterItWasKilledAndLeavesNothingBehind() throws Exception {
        List<Long> before;
        List<Long> after;
        try (PipeWireServer server = PipeWireServer.builder(folder.resolve("pipewire"))
                .nullSink("first")
                .nullSink("second")
                .start()) {
            assertThat(server.pactl().run("info")).contains("PulseAudio (on PipeWire");
            assertThat(server.pactl().names("sinks")).containsExactlyInAnyOrder("first", "second");
            assertExact(server, "first");
            before = server.pids();
            assertThat(before).hasSize(3);

            server.kill();
            assertThat(before).noneMatch(PipeWireServerTest::runs);
            assertThat(server.pids()).isEmpty();
            assertThat(server.pactl().answers()).isFalse();

            server.restart();
            assertExact(server, "second");
            after = server.pids();
            assertThat(after).hasSize(3).doesNotContainAnyElementsOf(before);
        }
        assertThat(after).noneMatch(PipeWireServerTest::runs);
    }

    private static boolean runs(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private void assertExact(AudioServer server, String sink) throws Exception {
        try (MonitorRecorder recorder =
                        MonitorRecorder.start(server, sink + ".monitor", S16, folder.resolve("recording"));
                FilePlayer player = FilePlayer.start(
                        server, sink, S16, FramePattern.frames(S16, FRAMES), folder.resolve("sound"))) {
            player.awaitEnd(LIMIT);
            recorder.awaitMore(9600);

            HeardPattern heard = HeardPattern.in(recorder.soFar(), S16, FRAMES);
            assertThat(heard.isExact()).as(heard.toString()).isTrue();
        }
    }

    @Test
    void quantumIsTheOneAskedFor() throws Exception {
        try (PipeWireServer server = PipeWireServer.builder(folder.resolve("pipewire"))
                .nullSink("first")
                .quantum(256)
                .start()) {
            assertThat(server.pids()).hasSize(3);
            assertThat(server.quantumFrames()).isEqualTo(256);
        }
    }
}
