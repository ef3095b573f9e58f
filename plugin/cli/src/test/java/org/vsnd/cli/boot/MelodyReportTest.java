// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MelodyReportTest {
    private static final MelodyRun.Hearing FILE = new MelodyRun.Hearing(Path.of("/music/a b.wav"), Optional.empty());

    private final MelodyReport.Sounds sounds = new MelodyReport.Sounds(Synthesizer.melody(), Synthesizer.sweep(3));
    private final PcmClip heard = new PcmClip(sounds.melody().bytes().clone());
    private final PcmClip recorded =
            new PcmClip(Arrays.copyOf(sounds.tone().bytes(), 2 * PcmClip.RATE_HZ * PcmClip.FRAME_BYTES));

    private MelodyReport report(PcmClip guestGot, long stallNanos, MelodyRun.Hearing hearing) {
        return MelodyReport.of(sounds, new MelodyReport.Came(heard, guestGot, stallNanos), hearing, "", List.of());
    }

    @Test
    @DisplayName("begins with the verdict in words and how to listen, figures come after")
    void everySampleOnBothSidesIsGood() {
        MelodyReport report = report(recorded, 0, FILE);

        assertThat(report.good()).isTrue();
        assertThat(report.text())
                .startsWith("\nAll is well: ")
                .containsPattern("Listen to the melody:\n  [a-z-]* ?'/music/a b.wav'")
                .doesNotContain("NOT");
        assertThat(report.text().indexOf("In figures:"))
                .isGreaterThan(report.text().indexOf("a b.wav"));
    }

    @Test
    @DisplayName("what was heard at once is not looked for in a file")
    void heardAtOnce() {
        MelodyReport report = report(recorded, 0, new MelodyRun.Hearing(Path.of("unused.wav"), Optional.of("pulse")));

        assertThat(report.text())
                .contains("It went to pulse: if you heard nothing")
                .doesNotContain("unused.wav");
    }

    @Test
    @DisplayName("one wrong sample heard is not good, and a machine that stood still is named as the reason")
    void oneWrongSampleHeardIsNotGood() {
        heard.bytes()[100_000] ^= 1;

        MelodyReport report = report(recorded, 1_300_000_000L, FILE);

        assertThat(report.good()).isFalse();
        assertThat(report.text())
                .startsWith("\nNOT well: samples of what was played are missing or wrong. This machine stood still for"
                        + " 1.3 s: end what else runs here");
        assertThat(report(recorded, 100_000, FILE).text()).contains("please report it");
    }

    @Test
    void oneWrongSampleRecordedIsNotGood() {
        recorded.bytes()[200_000] ^= 1;

        assertThat(report(recorded, 0, FILE).good()).isFalse();
        assertThat(report(recorded, 0, FILE).text()).contains("NOT well: samples of what the guest recorded");
    }

    @Test
    void aRecordingOfNothingIsNotGood() {
        assertThat(report(new PcmClip(new byte[0]), 0, FILE).good()).isFalse();
    }
}
