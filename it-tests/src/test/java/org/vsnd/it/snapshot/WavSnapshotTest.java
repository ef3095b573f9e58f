// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.file.WavBackend;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;

@DisplayName("A card that plays into WAV files and records from one, each host with a file of its own")
class WavSnapshotTest {
    private static final long MILLI = 1_000_000L;
    private static final int RAM_BYTES = 8 << 20;
    private static final int SECONDS = 4;
    private static final int FRAME_BYTES = 4;

    @TempDir
    Path folder;

    private int files;

    private AudioBackend nextFile() {
        try {
            return new WavBackend(folder.resolve("out" + files++ + ".wav"), folder.resolve("in.wav"), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] played() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < files; i++) {
            all.writeBytes(
                    WavFile.readFinished(folder.resolve("out" + i + ".wav")).data());
        }
        return all.toByteArray();
    }

    @Test
    @DisplayName("plays and records every frame once, in order")
    void losesNoFrame() throws IOException {
        byte[] input = BytePattern.bytes(5, 0, SECONDS * 48_000 * FRAME_BYTES);
        Files.write(folder.resolve("in.wav"), WavFile.bytes(SoundFormat.S16_STEREO_48K, input));
        PeriodStream output;
        PeriodStream capture;
        int moved;
        try (MigratingBus bus = new MigratingBus(
                FlatMemory.guarded(1L << 32, RAM_BYTES),
                2048,
                false,
                Map.of(),
                new Transcript(),
                this::nextFile,
                Moves.random(1))) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            output = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 1920));
            capture = new PeriodStream(driver, 1, false, StreamSetup.s16At48k(500, 2000));
            output.start();
            capture.start();
            driver.await(
                    () -> {
                        output.collect();
                        capture.collect();
                        return false;
                    },
                    SECONDS * 900 * MILLI);
            moved = bus.moved();
        }
        assertThat(moved).isGreaterThan(30);
        byte[] recorded = capture.recorded();
        assertThat(recorded).hasSizeGreaterThan(3 * 48_000 * FRAME_BYTES);
        assertThat(recorded).isEqualTo(BytePattern.bytes(5, 0, recorded.length));
        byte[] played = played();
        assertThat(played).hasSizeGreaterThan(3 * 48_000 * FRAME_BYTES);
        assertThat(played).isEqualTo(BytePattern.bytes(0, 0, played.length));
    }
}
