// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CalmTimeTest {
    private static final long SECOND = 1_000_000_000;

    private final CalmTime calm = new CalmTime();
    private long nowNanos = -5 * SECOND; // a monotonic clock may show anything

    private long secondsUntilStepDown() {
        for (int seconds = 0; seconds < 200; seconds++) {
            if (calm.stepDown(nowNanos)) {
                return seconds;
            }
            nowNanos += SECOND;
        }
        throw new AssertionError("never");
    }

    @Test
    @DisplayName("steps down are made two seconds after the last trouble and two seconds apart")
    void stepsDownAreMadeSoonAfterTheLastTrouble() {
        calm.begin(nowNanos);
        nowNanos += 2 * SECOND;
        calm.trouble(nowNanos);
        assertThat(secondsUntilStepDown()).isEqualTo(2);
        assertThat(secondsUntilStepDown()).isEqualTo(2);
    }

    @Test
    @DisplayName("trouble right after a step down puts the next one off, up to a minute, and calm makes it short again")
    void troubleAfterAStepDownPutsTheNextOneOff() {
        calm.begin(nowNanos);
        long waited = 0;
        for (int i = 0; i < 8; i++) {
            waited = secondsUntilStepDown();
            nowNanos += SECOND;
            calm.trouble(nowNanos);
        }
        assertThat(waited).isEqualTo(60);
        assertThat(secondsUntilStepDown()).isEqualTo(60);
        nowNanos += 11 * SECOND;
        calm.trouble(nowNanos);
        assertThat(secondsUntilStepDown()).isEqualTo(2);
    }
}
