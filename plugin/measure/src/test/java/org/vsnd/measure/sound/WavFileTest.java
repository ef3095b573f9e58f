// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WavFileTest {
    private static final int FRAMES = 100;

    @TempDir
    private Path folder;

    static List<SoundFormat> formats() {
        return List.of(SoundFormat.S16_STEREO_48K, SoundFormat.FLOAT_STEREO_48K, SoundFormat.S16_MONO_44K1);
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("some.wav"), bytes);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void framesAreReadAsTheyWereWritten(SoundFormat format) throws IOException {
        WavFile read = WavFile.readFinished(file(FramePattern.wav(format, FRAMES)));

        assertThat(read.is(format)).isTrue();
        assertThat(read.is(SoundFormat.S32_STEREO_48K)).isFalse();
        assertThat(read.data()).isEqualTo(FramePattern.frames(format, FRAMES));
    }

    @Test
    void growingFileMayHaveMoreThanItPromises() throws IOException {
        byte[] wav = FramePattern.wav(SoundFormat.S16_STEREO_48K, FRAMES);
        Path longer = file(Arrays.copyOf(wav, wav.length + 8));

        assertThat(WavFile.readGrowing(longer).data()).hasSize(4 * FRAMES);
        assertThatThrownBy(() -> WavFile.readFinished(longer)).hasMessageContaining("RIFF length");
    }

    @Test
    void fileThatPromisesTooMuchIsRefused() throws IOException {
        byte[] wav = FramePattern.wav(SoundFormat.S16_STEREO_48K, FRAMES);

        assertThatThrownBy(() -> WavFile.readGrowing(file(Arrays.copyOf(wav, wav.length - 1))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more frames than it has");
    }

    @Test
    void somethingElseIsRefused() throws IOException {
        byte[] wav = FramePattern.wav(SoundFormat.S16_STEREO_48K, FRAMES);
        wav[0] = 'X';

        assertThatThrownBy(() -> WavFile.readGrowing(file(wav))).hasMessageContaining("no WAV file");
    }
}
