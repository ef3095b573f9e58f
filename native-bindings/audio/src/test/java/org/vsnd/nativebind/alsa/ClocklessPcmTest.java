// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PositionReports;

/** PCMs that take or have everything at once: {@code null}, and {@code file} in front of it. */
class ClocklessPcmTest {
    @TempDir
    Path folder;

    @AfterEach
    void forgetConfiguration() {
        AlsaConfigFile.forget();
    }

    @Test
    void everyFrameIsInTheFileWithoutASeam() throws Exception {
        byte[] noise = Sound.noise(Sound.RATE_HZ / 2, 1);
        Path out = folder.resolve("out.raw");
        AlsaConfigFile.use(folder, toFile(out));
        try (AlsaBackend backend = AlsaBackend.open("tofile")) {
            AudioSink sink = backend.openSink(Sound.STEREO, "output 0");
            sink.start();
            Sound.write(sink, noise);
            sink.drain();
            sink.close();
        }
        assertThat(Sound.find(noise, Sound.contents(out))).isNotNegative();
    }

    @Test
    void fileGrowsAtNominalPaceAndNoPositionIsReported() throws Exception {
        Path out = folder.resolve("out.raw");
        PositionReports.Report report = new PositionReports.Report();
        AlsaConfigFile.use(folder, toFile(out));
        try (AlsaBackend backend = AlsaBackend.open("tofile")) {
            AudioSink sink = backend.openSink(Sound.STEREO, "output 0");
            sink.start();
            long start = System.nanoTime();
            byte[] noise = Sound.noise(Sound.RATE_HZ, 2);
            Sound.write(sink, noise);
            Sound.write(sink, noise);
            // the second of two seconds fits in as the first is played
            long frames = Files.size(out) / Sound.FRAME_BYTES;
            long elapsedFrames = (System.nanoTime() - start) * Sound.RATE_HZ / 1_000_000_000L;
            assertThat(frames).isLessThan(elapsedFrames + Sound.RATE_HZ / 2);
            assertThat(sink.reports().poll(report)).isFalse();
            sink.close();
        }
    }

    @Test
    void aPauseLosesAndRepeatsNothing() throws Exception {
        byte[] noise = Sound.noise(Sound.RATE_HZ / 2, 3);
        Path out = folder.resolve("out.raw");
        AlsaConfigFile.use(folder, toFile(out));
        try (AlsaBackend backend = AlsaBackend.open("tofile")) {
            AudioSink sink = backend.openSink(Sound.STEREO, "output 0");
            sink.start();
            Sound.write(sink, noise);
            Sound.await("some of it", () -> out.toFile().length() > noise.length / 8);
            sink.pause();
            sink.start();
            sink.pause();
            sink.start();
            sink.drain();
            sink.close();
        }
        assertThat(Sound.find(noise, Sound.contents(out))).isNotNegative();
    }

    @Test
    void whatIsInTheFileIsRecordedWithoutASeam() throws Exception {
        byte[] noise = Sound.noise(2 * Sound.RATE_HZ, 4);
        Path in = Files.write(folder.resolve("in.raw"), noise);
        String fromFile = "pcm.fromfile { type file slave.pcm null file /dev/null infile \"" + in + "\" format raw }";
        byte[] recorded;
        AlsaConfigFile.use(folder, fromFile);
        try (AlsaBackend backend = AlsaBackend.open("null,fromfile")) {
            AudioSource source = backend.openSource(Sound.withTarget(Sound.RATE_HZ / 5), "input 0");
            source.start();
            recorded = Sound.read(source, Sound.RATE_HZ, () -> false);
            source.close();
        }
        int begin = firstSound(recorded);
        assertThat(begin).isLessThan(Sound.RATE_HZ / 2);
        byte[] heard = java.util.Arrays.copyOfRange(recorded, begin * Sound.FRAME_BYTES, recorded.length);
        assertThat(Sound.find(heard, noise)).isNotNegative();
    }

    private static int firstSound(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && bytes[at] == 0) {
            at++;
        }
        return at / Sound.FRAME_BYTES;
    }

    private static String toFile(Path out) {
        return "pcm.tofile { type file slave.pcm null file \"" + out + "\" format raw perm 0600 }";
    }
}
