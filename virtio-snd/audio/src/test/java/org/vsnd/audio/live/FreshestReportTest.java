// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreshestReportTest {
    private static final long MILLI = 1_000_000;
    private static final int STEP_FRAMES = 1_024;

    private final FreshestReport freshest = new FreshestReport(48_000);

    @Test
    void aServerThatMovesSteadilyIsBelievedEachTime() {
        for (int i = 0; i < 100; i++) {
            assertThat(freshest.add(960L * i, 20 * MILLI * i, 960L * i, 0)).isTrue();
            assertThat(freshest.frames()).isEqualTo(960L * i);
            assertThat(freshest.nanos()).isEqualTo(20 * MILLI * i);
        }
        assertThat(freshest.stepping()).isFalse();
    }

    @Test
    void ofAServerThatMovesInStepsOnlyReportsSoonAfterAStepCount() {
        int reports = 0;
        int late = 0;
        for (long nanos = 0; nanos < 5_000 * MILLI; nanos += FreshestReport.ASK_NANOS) {
            long frames = nanos * 48 / MILLI / STEP_FRAMES * STEP_FRAMES; // as of the last step
            if (freshest.add(frames, nanos, frames, 0) && nanos > 2 * FreshestReport.WINDOW_NANOS) {
                reports++;
                double staleFrames = freshest.nanos() * 48.0 / MILLI - freshest.frames();
                late += staleFrames > 48 ? 1 : 0;
            }
        }

        assertThat(freshest.stepping()).isTrue();
        assertThat(reports).isBetween(20, 25);
        assertThat(late).isZero();
    }

    @Test
    void anotherDeviceIsBelievedAgain() {
        freshest.add(0, 0, 0, 0);
        freshest.add(0, MILLI, 0, 0);
        assertThat(freshest.stepping()).isTrue();
        freshest.forget();

        assertThat(freshest.add(960, 20 * MILLI, 960, 0)).isTrue();
        assertThat(freshest.stepping()).isFalse();
    }
}
