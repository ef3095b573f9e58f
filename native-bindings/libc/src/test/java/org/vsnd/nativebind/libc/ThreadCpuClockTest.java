// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A thread's processor time")
class ThreadCpuClockTest {
    private static final long SLEPT_NANOS = 50_000_000;
    private static final long WORKED_NANOS = 20_000_000;

    private final ThreadCpuClock clock = new ThreadCpuClock();

    @Test
    @DisplayName("goes on while it works")
    void goesOnWithWork() {
        long before = clock.nanos();
        while (clock.nanos() - before < WORKED_NANOS) {
            assertThat(clock.nanos()).isGreaterThanOrEqualTo(before); // ends only because it goes on
        }
    }

    @Test
    @DisplayName("hardly goes on while it sleeps")
    void standsStillAsleep() throws InterruptedException {
        long before = clock.nanos();
        long began = System.nanoTime();
        while (System.nanoTime() - began < SLEPT_NANOS) {
            Thread.sleep(SLEPT_NANOS / 1_000_000);
        }
        assertThat(clock.nanos() - before).isLessThan(System.nanoTime() - began);
    }
}
