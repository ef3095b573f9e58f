// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Where a playback stream is in time")
class PlaybackPaceTest {
    private static final long MS = 1_000_000;
    private static final long TARGET = 960;

    private final PlaybackPace pace = new PlaybackPace(0);

    PlaybackPaceTest() {
        pace.open(48_000);
        pace.setTargetFrames(TARGET);
    }

    @Test
    @DisplayName("begins at 0 when something is to be played, and 0 is heard the target later")
    void begins() {
        assertThat(pace.runs()).isFalse();
        assertThat(pace.clock()).isNull();
        assertThat(pace.start(5 * MS, 0)).isEqualTo(5 * MS);
        assertThat(pace.runs()).isTrue();
        assertThat(pace.nanosAt(480)).isEqualTo(15 * MS);
        assertThat(pace.audibleFrame(25 * MS)).isZero();
    }

    @Test
    @DisplayName("begins anew behind what is still being played, and says what was missing")
    void beginsAnew() {
        pace.start(0, 0);
        pace.wrote(480);
        pace.end();
        assertThat(pace.runs()).isFalse();
        assertThat(pace.missingFrames(30 * MS)).isEqualTo(960);
        assertThat(pace.start(30 * MS, 480)).isEqualTo(40 * MS);
        assertThat(pace.nanosAt(480)).isEqualTo(40 * MS);
        pace.end();
        assertThat(pace.start(35 * MS, 0)).as("480 is not due before").isEqualTo(40 * MS);
    }

    @Test
    @DisplayName("stands still in a pause, and goes on where it stood")
    void pauses() {
        pace.start(0, 0);
        pace.wrote(4800);
        pace.pause(10 * MS);
        assertThat(pace.paused()).isTrue();
        assertThat(pace.runs()).isFalse();
        pace.end();
        assertThat(pace.paused()).as("an end of nothing").isTrue();
        pace.resume(1000 * MS);
        assertThat(pace.runs()).isTrue();
        assertThat(pace.nanosAt(960)).isEqualTo(1010 * MS);
    }

    @Test
    @DisplayName("is put where the host is by its first report, slowly for the guest, and steered by the others")
    void isPutWhereTheHostIs() {
        pace.start(0, 0);
        pace.wrote(48_000);
        pace.played(480, 110 * MS, TARGET, 110 * MS); // by the clock 110 ms - 20 ms are heard, by the host 10 ms
        assertThat(pace.audibleFrame(110 * MS)).isEqualTo(480);
        assertThat(pace.nanosAt(5280)).as("as shown").isEqualTo(110 * MS);
        assertThat(pace.nanosAt(5280 + 240)).as("at half the rate").isEqualTo(120 * MS);
        pace.played(960, 120 * MS + 40_000, TARGET, 121 * MS);
        assertThat(pace.audibleFrame(120 * MS)).as("no other jump").isBetween(959L, 960L);
    }

    @Test
    @DisplayName("believes no host that has played what it was not given, or what came before the clock was placed")
    void ignoresWhatCannotBe() {
        pace.start(0, 0);
        pace.wrote(4800);
        pace.played(4801, 50 * MS, TARGET, 50 * MS);
        pace.played(0, 50 * MS, TARGET, 50 * MS);
        assertThat(pace.audibleFrame(120 * MS)).isEqualTo(4800);
    }

    @Test
    @DisplayName("is put anew by the first report after the host ran dry, if that was heard")
    void isPutAnewAfterAFailure() {
        assertThat(pace.failed(0)).isFalse();
        pace.start(0, 0);
        pace.wrote(48_000);
        pace.played(1, 20 * MS, TARGET, 20 * MS);
        assertThat(pace.failed(4800)).isTrue();
        pace.played(4800, 300 * MS, TARGET, 300 * MS); // queued before
        assertThat(pace.audibleFrame(300 * MS)).isEqualTo(13_440);
        pace.played(4801, 300 * MS, TARGET, 300 * MS);
        assertThat(pace.audibleFrame(300 * MS)).isEqualTo(4801);
    }

    @Test
    @DisplayName("comes down by 1 ms each 20 ms when the host needs less")
    void comesDown() {
        pace.start(0, 0);
        pace.wrote(48_000);
        pace.played(480, 30 * MS, TARGET, 30 * MS);
        assertThat(pace.targetFrames()).isEqualTo(TARGET);
        pace.played(960, 40 * MS, TARGET - 100, 40 * MS);
        assertThat(pace.targetFrames()).isEqualTo(TARGET - 48);
        pace.played(1440, 50 * MS, TARGET - 100, 50 * MS);
        assertThat(pace.targetFrames()).isEqualTo(TARGET - 48);
        pace.played(1920, 60 * MS, TARGET - 100, 60 * MS);
        pace.played(2880, 80 * MS, TARGET - 100, 80 * MS);
        assertThat(pace.targetFrames()).isEqualTo(TARGET - 100);
    }

    @Test
    @DisplayName("writes again what a sink that is gone had not been due to play, and counts from there")
    void takesOver() {
        pace.start(0, 0);
        pace.wrote(4800);
        assertThat(pace.takeOver(50 * MS, 48_000)).isEqualTo(2400);
        assertThat(pace.writtenFrames()).isEqualTo(2400);
        pace.wrote(4800);
        pace.played(240, 75 * MS, TARGET, 75 * MS);
        assertThat(pace.audibleFrame(75 * MS)).isEqualTo(2640);
        pace.close();
        assertThat(pace.hasPlayed()).isFalse();
        assertThat(pace.writtenFrames()).isZero();
    }
}
