// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JumpWatchTest {
    private static final long MS = 1_000_000;

    private final JumpWatch watch = new JumpWatch(48_000);

    @Test
    void positionsThatGoOnAreNoJump() {
        for (int i = 0; i < 1000; i++) {
            assertThat(watch.jumped(480L * i + i % 7 * 100L, 10 * MS * i)).isFalse();
        }
    }

    @Test
    void oneThatIsOffSaysNothingAndSomeInARowDo() {
        assertThat(watch.jumped(0, 0)).isFalse();
        assertThat(watch.jumped(90_000, 10 * MS)).isFalse();
        assertThat(watch.jumped(960, 20 * MS)).isFalse();
        for (int i = 3; i < 6; i++) {
            assertThat(watch.jumped(480L * i - 5_000, 10 * MS * i)).isFalse();
        }
        assertThat(watch.jumped(480L * 6 - 5_000, 60 * MS)).isTrue();
        assertThat(watch.jumped(480L * 7 - 5_000, 70 * MS)).isFalse();
    }

    @Test
    void whatWasForgottenIsNoJump() {
        watch.jumped(0, 0);
        watch.forget();
        for (int i = 1; i < 10; i++) {
            assertThat(watch.jumped(90_000 + 480L * i, 10 * MS * i)).isFalse();
        }
    }
}
