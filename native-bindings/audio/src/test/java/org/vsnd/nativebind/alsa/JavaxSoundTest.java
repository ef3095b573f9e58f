// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.javax.JavaxBackend;
import org.vsnd.audio.javax.JavaxMixer;

/**
 * The back end {@code javax} through the JDK's own mixer for ALSA, which lists {@code default} if that opens: here it leads
 * into a PulseAudio of the test's own.
 */
class JavaxSoundTest {
    private static final String MIXER = HermeticPulse.PCM + " [default]";

    @TempDir
    Path folder;

    private HermeticPulse pulse;
    private JavaxBackend backend;

    @BeforeEach
    void start() throws IOException, BackendException {
        pulse = new HermeticPulse(folder);
        String both = "pcm.!default { type asym playback.pcm \"" + HermeticPulse.PCM + "\" capture.pcm \""
                + HermeticPulse.PCM + "mic\" }";
        AlsaConfigFile.use(
                folder,
                Stream.concat(Stream.of(pulse.config()), Stream.of(both)).toArray(String[]::new));
        backend = JavaxBackend.open(MIXER);
    }

    @AfterEach
    void end() {
        backend.close();
        AlsaConfigFile.forget();
        pulse.close();
    }

    @Test
    void theJdkListsIt() {
        assertThat(JavaxBackend.mixers()).anySatisfy(mixer -> {
            assertThat(mixer.name()).isEqualTo(MIXER);
            assertThat(mixer.plays()).isTrue();
            assertThat(mixer.records()).isTrue();
        });
        assertThat(JavaxBackend.mixers()).extracting(JavaxMixer::name).doesNotHaveDuplicates();
    }

    @Test
    void playsEveryFrameWithoutASeam() throws Exception {
        byte[] noise = Sound.noise(2 * Sound.RATE_HZ, 1);
        Path recorded = pulse.record("played.raw");
        AudioSink sink = backend.openSink(Sound.withTarget(Sound.RATE_HZ / 5), "output 0");
        sink.start();
        Sound.write(sink, noise);
        Sound.await(sink, PositionReports.Kind.POSITION, 3 * Sound.RATE_HZ / 2);
        sink.drain();
        sink.close();
        Sound.awaitSound(noise, recorded);
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
}
