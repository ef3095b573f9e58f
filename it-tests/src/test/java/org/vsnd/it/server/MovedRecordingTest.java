// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.SourceChoice;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.nativebind.pulse.PulseBackend;

/** A recording of a real server that is moved between two sources, each of which gives another number. */
@Tag("server")
class MovedRecordingTest {
    private static final int RATE_HZ = 48_000;
    private static final int FRAME_BYTES = 4;
    private static final int PERIOD = RATE_HZ / 20;
    private static final int SECONDS = 60;
    private static final short FIRST = 0x1111;
    private static final short SECOND = 0x2222;

    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, RATE_HZ / 20);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final List<Integer> moved = new CopyOnWriteArrayList<>();
    private AudioServer server;
    private PulseBackend backend;

    private AudioServer start(ServerKind kind) throws BootException {
        return switch (kind) {
            case PULSEAUDIO ->
                PulseServer.builder(folder.resolve("s"))
                        .nullSink("first")
                        .nullSink("second")
                        .start();
            case PIPEWIRE ->
                PipeWireServer.builder(folder.resolve("s"))
                        .nullSink("first")
                        .nullSink("second")
                        .start();
        };
    }

    @AfterEach
    void end() {
        if (backend != null) {
            backend.close();
        }
        PulseAddress.forget();
        server.close();
    }

    private FilePlayer play(String sink, short sample) throws Exception {
        ByteBuffer frames = ByteBuffer.allocate(SECONDS * RATE_HZ * FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (frames.hasRemaining()) {
            frames.putShort(sample);
        }
        return FilePlayer.start(server, sink, SoundFormat.S16_STEREO_48K, frames.array(), folder.resolve(sink));
    }

    @ParameterizedTest
    @EnumSource
    void isMovedByTheGuestAndByTheServersUser(ServerKind kind) throws Exception {
        server = start(kind);
        PulseAddress.use(server);
        backend = PulseBackend.openSources(List.of("first.monitor", "second.monitor", "nowhere"));
        SourceChoice[] choice = new SourceChoice[1];
        choice[0] = new SourceChoice(() -> moved.add(choice[0].chosen()));
        try (FilePlayer first = play("first", FIRST);
                FilePlayer second = play("second", SECOND)) {
            AudioSource source = backend.openSource(PARAMS, "input 0", choice[0]);
            source.start();
            awaitOnly(source, FIRST);
            choice[0].choose(1);
            awaitOnly(source, SECOND);
            choice[0].choose(0);
            awaitOnly(source, FIRST);
            assertThat(moved).isEmpty();
            server.pactl().run("move-source-output", index(), "second.monitor");
            awaitOnly(source, SECOND);
            assertThat(moved).containsExactly(1);
            choice[0].choose(2);
            Await.until(LIMIT, () -> moved.size() == 2, () -> "the refusal");
            assertThat(choice[0].chosen()).isEqualTo(1);
            awaitOnly(source, SECOND);
            assertThat(first.isPlaying() && second.isPlaying()).isTrue();
        }
    }

    private String index() throws BootException {
        return server.pactl().list("source-outputs").get(0).get("index").getAsString();
    }

    /** Records until there is nothing but this sample in a period. */
    private static void awaitOnly(AudioSource source, short sample) throws Exception {
        Await.until(
                LIMIT, () -> Collections.frequency(period(source), sample) == 2 * PERIOD, () -> "the sample " + sample);
    }

    private static List<Short> period(AudioSource source) {
        LockSupport.parkNanos(PERIOD * 1_000_000_000L / RATE_HZ);
        ByteBuffer period = ByteBuffer.allocate(PERIOD * FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        source.read(period, PERIOD);
        period.flip();
        List<Short> samples = new ArrayList<>();
        while (period.hasRemaining()) {
            samples.add(period.getShort());
        }
        return samples;
    }
}
