package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MelodyReportTest {
    @TempDir
    Path folder;

    private final MelodyReport.Sounds sounds = new MelodyReport.Sounds(Synthesizer.melody(), Synthesizer.sweep(3));
    private final PcmClip recorded =
            new PcmClip(Arrays.copyOf(sounds.tone().bytes(), 2 * PcmClip.RATE_HZ * PcmClip.FRAME_BYTES));
    private Path heard;

    @BeforeEach
    void play() throws Exception {
        heard = Files.write(folder.resolve("heard.wav"), sounds.melody().toWav());
    }

    @Test
    void everySampleOnBothSidesIsGood() throws Exception {
        MelodyReport report = MelodyReport.of(sounds, heard, recorded, "", List.of());

        assertThat(report.good()).isTrue();
        assertThat(report.text()).contains(heard.toString()).doesNotContain("NOT");
    }

    @Test
    void oneWrongSampleHeardIsNotGood() throws Exception {
        byte[] wav = Files.readAllBytes(heard);
        wav[100_000] ^= 1;
        Files.write(heard, wav);

        MelodyReport report = MelodyReport.of(sounds, heard, recorded, "", List.of());

        assertThat(report.good()).isFalse();
        assertThat(report.text()).contains("NOT the melody");
    }

    @Test
    void oneWrongSampleRecordedIsNotGood() throws Exception {
        recorded.bytes()[200_000] ^= 1;

        assertThat(MelodyReport.of(sounds, heard, recorded, "", List.of()).good())
                .isFalse();
    }

    @Test
    void aRecordingOfNothingIsNotGood() throws Exception {
        assertThat(MelodyReport.of(sounds, heard, new PcmClip(new byte[0]), "", List.of())
                        .good())
                .isFalse();
    }

    @Test
    void aMissingFileIsTheOperatorsBusiness() {
        assertThatThrownBy(() -> MelodyReport.of(sounds, folder.resolve("absent"), recorded, "", List.of()))
                .isInstanceOf(BootException.class);
    }
}
