// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapturePaceTest {
    private static final long MS = 1_000_000;

    private final StreamClock own = new StreamClock(48_000);
    private final StreamClock playback = new StreamClock(48_000);
    private final CapturePace pace = new CapturePace();

    @Test
    void goesOnWithoutAJumpWhenItBeginsAndCeasesToFollow() {
        own.start(0, 0);
        playback.start(0, 1_000_000);
        pace.start(own, 0, 7);
        assertThat(pace.framesAt(1000 * MS)).isEqualTo(48_007);
        pace.follow(playback, 1000 * MS);
        assertThat(pace.following()).isTrue();
        assertThat(pace.framesAt(1000 * MS)).isEqualTo(48_007);
        assertThat(pace.nanosAt(48_007 + 480)).isEqualTo(1010 * MS);
        pace.follow(null, 2000 * MS);
        assertThat(pace.following()).isFalse();
        assertThat(pace.framesAt(2000 * MS)).isEqualTo(96_007);
    }

    @Test
    void aClockThatIsPlacedAnewMovesNothing() {
        own.start(0, 0);
        playback.start(0, 0);
        pace.start(own, 0, 0);
        pace.follow(playback, 1000 * MS);
        pace.follow(playback, 1300 * MS);
        playback.start(1310 * MS, 5_000_000); // an under-run, another route, a host that jumped
        pace.follow(playback, 1341 * MS);
        assertThat(pace.framesAt(1341 * MS)).isEqualTo(48 * 1341);
        playback.start(1400 * MS, 0);
        pace.follow(null, 1400 * MS);
        assertThat(pace.framesAt(1400 * MS)).isEqualTo(48 * 1400);
    }

    @Test
    void followsTheRateOfTheClock() {
        own.start(0, 0);
        playback.start(0, 0);
        for (long nanos = 10 * MS; nanos <= 60_000 * MS; nanos += 10 * MS) {
            playback.report(Math.round(nanos * 48e-6 * 1.0005), nanos);
        }
        pace.start(own, 0, 0);
        pace.follow(playback, 60_000 * MS);
        long second = pace.framesAt(61_000 * MS) - pace.framesAt(60_000 * MS);
        assertThat(second).isBetween(48_023L, 48_025L);
        assertThat(pace.framesPerNano() / own.framesPerNano()).isBetween(1.000499, 1.000501);
    }

    @Test
    void aDelayMakesEverythingDueLater() {
        own.start(0, 0);
        pace.start(own, 0, 0);
        pace.delay(480);
        assertThat(pace.nanosAt(480)).isEqualTo(20 * MS);
        assertThat(pace.framesAt(20 * MS)).isEqualTo(480);
    }
}
