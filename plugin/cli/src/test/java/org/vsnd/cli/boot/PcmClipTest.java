// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcmClipTest {
    @TempDir
    Path folder;

    private final PcmClip sweep = Synthesizer.sweep(1);

    @Test
    void aWavFileHoldsTheSameFrames() throws Exception {
        Path file = Files.write(folder.resolve("a.wav"), sweep.toWav());

        assertThat(PcmClip.readWav(file).bytes()).isEqualTo(sweep.bytes());
    }

    @Test
    void aClipIsFoundBehindSilence() {
        PcmClip longer = new PcmClip(new byte[8_000 + sweep.bytes().length + 400]);
        System.arraycopy(sweep.bytes(), 0, longer.bytes(), 8_000, sweep.bytes().length);

        assertThat(longer.find(sweep)).isEqualTo(2_000);
    }

    @Test
    void silenceBeforeTheWantedClipDoesNotMatter() {
        PcmClip late = new PcmClip(new byte[4_000 + 40_000]);
        System.arraycopy(sweep.bytes(), 0, late.bytes(), 4_000, 40_000);

        assertThat(late.leadingSilence()).isEqualTo(1_000);
        assertThat(sweep.find(late)).isZero();
    }

    @Test
    void oneWrongSampleIsNoMatch() {
        byte[] wrong = sweep.bytes().clone();
        wrong[wrong.length - 2] ^= 1;

        assertThat(new PcmClip(wrong).find(sweep)).isEqualTo(-1);
    }

    @Test
    void oneLostFrameIsNoMatch() {
        byte[] shorter = new byte[sweep.bytes().length];
        System.arraycopy(sweep.bytes(), 0, shorter, 0, 100_000);
        System.arraycopy(sweep.bytes(), 100_004, shorter, 100_000, shorter.length - 100_004);

        assertThat(new PcmClip(shorter).find(sweep)).isEqualTo(-1);
    }

    @Test
    void silenceIsNeverFound() {
        assertThat(sweep.find(new PcmClip(new byte[400]))).isEqualTo(-1);
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        byte[] mono = sweep.toWav();
        mono[22] = 1;
        Path wrongFormat = Files.write(folder.resolve("mono.wav"), mono);
        Path noWav = Files.writeString(folder.resolve("text.wav"), "hello, this is no sound");
        Path headOnly = Files.write(folder.resolve("head.wav"), Arrays.copyOf(sweep.toWav(), 36));

        assertThatThrownBy(() -> PcmClip.readWav(wrongFormat)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> PcmClip.readWav(noWav)).hasMessageContaining("not a WAV file");
        assertThatThrownBy(() -> PcmClip.readWav(headOnly)).hasMessageContaining("no sound");
    }
}
