// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WaitingTest {
    @Test
    @DisplayName("tells again and again until it is closed")
    void tellsAgainAndAgain() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(3);

        Waiting waiting = Waiting.tell(line -> told.countDown(), Duration.ofMillis(1), seconds -> seconds + " s");
        try (waiting) {
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
