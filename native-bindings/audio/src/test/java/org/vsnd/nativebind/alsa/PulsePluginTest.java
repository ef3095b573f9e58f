// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.PositionReports.Kind;

/** ALSA's {@code pulse} plugin in front of a real PulseAudio. */
class PulsePluginTest {
    @TempDir
    Path folder;

    private HermeticPulse pulse;
    private AlsaBackend backend;

    @BeforeEach
    void start() throws IOException, BackendException {
        pulse = new HermeticPulse(folder);
        AlsaConfigFile.use(folder, pulse.config());
        backend = AlsaBackend.open(HermeticPulse.PCM + "," + HermeticPulse.PCM + "mic");
    }

    @AfterEach
    void end() {
        backend.close();
        AlsaConfigFile.forget();
        pulse.close();
    }

    @Test
    void playsEveryFrameWithoutASeam() throws Exception {
        byte[] noise = Sound.noise(2 * Sound.RATE_HZ, 1);
        Path recorded = pulse.record("played.raw");
        AudioSink sink = backend.openSink(Sound.withTarget(Sound.RATE_HZ / 5), "output 0");
        sink.start();
        Sound.write(sink, noise);
        sink.drain();
        sink.close();
        Sound.awaitSound(noise, recorded);
    }

    @Test
    void aPauseLosesAndRepeatsNothing() throws Exception {
        byte[] noise = Sound.noise(Sound.RATE_HZ, 2);
        Path recorded = pulse.record("paused.raw");
        AudioSink sink = backend.openSink(Sound.withTarget(Sound.RATE_HZ / 5), "output 0");
        sink.start();
        Sound.write(sink, noise);
        awaitPosition(sink, Sound.RATE_HZ / 4);
        sink.pause();
        awaitSilence(recorded);
        sink.start();
        sink.drain();
        sink.close();
        awaitParts(noise, recorded);
    }

    @Test
    void recordsEveryFrameWithoutASeam() throws Exception {
        byte[] noise = Sound.noise(Sound.RATE_HZ, 3);
        AudioSource source = backend.openSource(Sound.withTarget(Sound.RATE_HZ / 5), "input 0");
        source.start();
        byte[] leadIn = Sound.noise(Sound.RATE_HZ / 2, 6); // PulseAudio may lose the first frames of a player's
        Path sung = Files.write(folder.resolve("sung.raw"), leadIn);
        pulse.play(Files.write(sung, noise, StandardOpenOption.APPEND));
        byte[] recorded = Sound.read(source, 4 * Sound.RATE_HZ, () -> false);
        source.close();
        assertThat(Sound.find(noise, recorded)).as(Sound.trace(noise, recorded)).isNotNegative();
    }

    @Test
    @Tag("SND-59")
    void aKilledServerIsLostAndSoundIsBackAfterItsRestart() throws Exception {
        AudioSink sink = backend.openSink(Sound.STEREO, "output 0");
        sink.start();
        byte[] noise = Sound.noise(Sound.RATE_HZ, 4);
        Sound.write(sink, noise);
        awaitPosition(sink, Sound.RATE_HZ / 10);

        pulse.kill();
        Sound.await(sink, Kind.LOST, 0);

        pulse.restart();
        Path recorded = pulse.record("back.raw");
        byte[] later = Sound.noise(Sound.RATE_HZ / 10, 5);
        Sound.await("sound", () -> {
            sink.write(ByteBuffer.wrap(later));
            return Sound.find(later, Sound.contents(recorded)) >= 0;
        });
        sink.close();
    }

    @Test
    void aHangingServerIsLostAndItsClockIsBackWhenItGoesOn() throws Exception {
        AudioSink sink = backend.openSink(Sound.STEREO, "output 0");
        sink.start();
        byte[] noise = Sound.noise(Sound.RATE_HZ / 10, 7);
        awaitWhilePlaying(sink, noise, Kind.POSITION);
        pulse.hang(true);
        awaitWhilePlaying(sink, noise, Kind.LOST);
        pulse.hang(false);
        awaitWhilePlaying(sink, noise, Kind.POSITION);
        sink.close();
    }

    @Test
    void manyStreamsLeaveNoThreadAndNoDescriptorBehind() throws Exception {
        openAndCloseMany();
        int descriptors = descriptors();
        openAndCloseMany();
        openAndCloseMany();
        Sound.await("the descriptors to be closed", () -> descriptors() <= descriptors);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("alsa"));
    }

    @Test
    void aRunningStreamAllocatesNothing() throws Exception {
        AudioSink sink = backend.openSink(Sound.STEREO, "output 0");
        sink.start();
        AudioSource source = backend.openSource(Sound.STEREO, "input 0");
        source.start();
        byte[] noise = Sound.noise(Sound.RATE_HZ / 10, 8);
        awaitWhilePlaying(sink, noise, Kind.POSITION);
        for (String name : new String[] {"vsnd-audio-alsa-play", "vsnd-audio-alsa-record"}) {
            Thread thread = Thread.getAllStackTraces().keySet().stream()
                    .filter(candidate -> candidate.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
            long[] before = {-1, System.nanoTime()};
            Sound.await(name + " to allocate nothing for half a second", () -> {
                sink.write(ByteBuffer.wrap(noise));
                long now = System.nanoTime();
                long bytes = allocatedBy(thread);
                if (bytes != before[0]) {
                    before[0] = bytes;
                    before[1] = now;
                }
                return now - before[1] > 500_000_000L;
            });
        }
        source.close();
        sink.close();
    }

    private static long allocatedBy(Thread thread) {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(thread.getId());
    }

    private void openAndCloseMany() throws BackendException {
        try (AlsaBackend many = AlsaBackend.open(HermeticPulse.PCM + "," + HermeticPulse.PCM + "mic")) {
            List<AudioSink> sinks = new ArrayList<>();
            List<AudioSource> sources = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                AudioSink sink = many.openSink(Sound.STEREO, "output " + i);
                sink.start();
                Sound.write(sink, Sound.noise(Sound.RATE_HZ / 10, i));
                sinks.add(sink);
                sources.add(many.openSource(Sound.STEREO, "input " + i));
            }
            sinks.forEach(sink -> Sound.await(sink, Kind.POSITION, 0));
            sinks.forEach(AudioSink::close);
            sources.forEach(AudioSource::close);
        }
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    private static void awaitWhilePlaying(AudioSink sink, byte[] noise, Kind kind) {
        PositionReports.Report report = new PositionReports.Report();
        while (sink.reports().poll(report)) {
            // of before
        }
        Sound.await(kind.toString(), () -> {
            sink.write(ByteBuffer.wrap(noise));
            while (sink.reports().poll(report)) {
                if (report.kind == kind) {
                    return true;
                }
            }
            return false;
        });
    }

    private static void awaitPosition(AudioSink sink, long frames) {
        Sound.await(sink, Kind.POSITION, frames);
    }

    /** Silence after sound, for a tenth of a second. */
    private static void awaitSilence(Path recorded) {
        byte[] quiet = new byte[Sound.RATE_HZ / 10 * Sound.FRAME_BYTES];
        Sound.await("silence", () -> {
            byte[] bytes = Sound.contents(recorded);
            return bytes.length >= quiet.length
                    && java.util.Arrays.equals(
                            bytes, bytes.length - quiet.length, bytes.length, quiet, 0, quiet.length);
        });
    }

    /** The noise in two parts with silence in between, nothing else. */
    private static void awaitParts(byte[] noise, Path recorded) {
        byte[] tail = java.util.Arrays.copyOfRange(noise, noise.length - 1024 * Sound.FRAME_BYTES, noise.length);
        Sound.await("the last frames", () -> Sound.find(tail, Sound.contents(recorded)) >= 0);
        byte[] bytes = Sound.contents(recorded);
        byte[] sound = new byte[bytes.length];
        int length = 0;
        for (int at = 0; at < bytes.length; at += Sound.FRAME_BYTES) {
            if (bytes[at] != 0) {
                System.arraycopy(bytes, at, sound, length, Sound.FRAME_BYTES);
                length += Sound.FRAME_BYTES;
            }
        }
        assertThat(java.util.Arrays.copyOf(sound, length)).isEqualTo(noise);
    }
}
