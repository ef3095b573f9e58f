// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A device thread")
class BusyThreadTest {
    private static final long STEP_NANOS = 1_000_000;
    private static final long SECOND_NANOS = 1_000_000_000;

    private final List<String> said = new ArrayList<>();
    private long nowNanos = 77;
    private long cpuNanos;
    private final BusyThread thread =
            new BusyThread(() -> cpuNanos, () -> said.add("ordinary"), () -> said.add("real-time"));

    @Test
    @DisplayName("that works now and then keeps its priority")
    void keepsIt() {
        work(10 * SECOND_NANOS, 40);
        assertThat(said).isEmpty();
    }

    @Test
    @DisplayName("that slept long and works for a moment keeps its priority")
    void keepsItAfterALongSleep() {
        work(STEP_NANOS, 0);
        nowNanos += 10 * SECOND_NANOS;
        work(BusyThread.WINDOW_NANOS / 4, 100);
        assertThat(said).isEmpty();
    }

    @Test
    @DisplayName("that is kept busy is an ordinary one within two windows, and only once")
    void losesIt() {
        work(2 * BusyThread.WINDOW_NANOS, 100);
        assertThat(said).containsExactly("ordinary");
        work(SECOND_NANOS, 100);
        assertThat(said).containsExactly("ordinary");
    }

    @Test
    @DisplayName("has its priority back half a second after it was busy, not before")
    void hasItBack() {
        work(SECOND_NANOS, 100);
        work(BusyThread.CALM_NANOS - BusyThread.WINDOW_NANOS, 5);
        assertThat(said).containsExactly("ordinary");
        work(3 * BusyThread.WINDOW_NANOS, 5);
        assertThat(said).containsExactly("ordinary", "real-time");
        work(SECOND_NANOS, 100);
        assertThat(said).containsExactly("ordinary", "real-time", "ordinary");
    }

    private void work(long nanos, int percent) {
        for (long left = nanos; left > 0; left -= STEP_NANOS) {
            nowNanos += STEP_NANOS;
            cpuNanos += STEP_NANOS * percent / 100;
            thread.look(nowNanos);
        }
    }
}
