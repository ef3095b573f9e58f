// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

@DisplayName("The timers of a device thread")
class AlarmsTest {
    private static final long START = 1000;

    private final VirtualTime time = new VirtualTime(START);
    private final List<String> done = new ArrayList<>();

    private Timer timer(String name) {
        return time.timer(() -> done.add(name + "@" + (time.nanoTime() - START)));
    }

    @Test
    @DisplayName("run in the order of their deadlines, at exactly these")
    void byDeadline() {
        timer("late").arm(START + 30);
        timer("soon").arm(START + 10);
        timer("after").arm(START + 60);
        time.advance(50);
        assertThat(done).containsExactly("soon@10", "late@30");
        assertThat(time.nanoTime()).isEqualTo(START + 50);
        assertThat(time.timeBase()).isEqualTo(TimeBase.VIRTUAL);
    }

    @Test
    @DisplayName("of one deadline run in the order in which they were armed")
    void byArming() {
        Timer first = timer("made first");
        timer("armed first").arm(START + 10);
        first.arm(START + 10);
        time.advance(10);
        assertThat(done).containsExactly("armed first@10", "made first@10");
    }

    @Test
    @DisplayName("run once for an arming, at once if it is late, and not when they were cancelled")
    void once() {
        Timer timer = timer("late");
        timer.arm(START - 5);
        Timer cancelled = timer("cancelled");
        cancelled.arm(START + 1);
        cancelled.cancel();
        time.advance(20);
        time.advance(20);
        assertThat(done).containsExactly("late@0");
    }

    @Test
    @DisplayName("come after wake-ups, which run once for any number of signals")
    void wakeupsFirst() {
        Wakeup wakeup = time.wakeup(() -> done.add("woken"));
        timer("timer").arm(START);
        wakeup.signal();
        wakeup.signal();
        time.settle();
        assertThat(done).containsExactly("woken", "timer@0");
        assertThat(time.tasksRun()).isEqualTo(2);
    }

    @Test
    @DisplayName("run late, and all at once, when time leaps")
    void leap() {
        timer("on the way").arm(START + 10);
        time.leap(100);
        assertThat(done).containsExactly("on the way@100");
    }

    @Test
    @DisplayName("must let time pass")
    void spin() {
        Timer[] again = new Timer[1];
        again[0] = time.timer(() -> again[0].arm(time.nanoTime()));
        again[0].arm(START);
        assertThatThrownBy(time::settle)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("spins");
    }

    @Test
    @DisplayName("are waited for until something holds or time is up")
    void awaits() {
        timer("10").arm(START + 10);
        assertThat(time.await(() -> !done.isEmpty(), 50)).isTrue();
        assertThat(time.nanoTime()).isEqualTo(START + 10);
        assertThat(time.await(() -> false, 50)).isFalse();
        assertThat(time.nanoTime()).isEqualTo(START + 60);
    }

    @Test
    @DisplayName("run on the thread itself by the wall clock")
    void byTheWallClock() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(3);
        WallThread thread = new WallThread("wall", first::countDown);
        Timer soon = thread.timer(ran::countDown);
        Timer later = thread.timer(ran::countDown);
        Wakeup wakeup = thread.wakeup(ran::countDown);
        try (thread) {
            thread.start();
            long answer = thread.call(() -> {
                soon.arm(thread.nanoTime() + 1_000_000);
                later.arm(thread.nanoTime() + 2_000_000);
                return 42;
            });
            wakeup.signal();
            assertThat(answer).isEqualTo(42);
            assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(first.getCount()).isZero();
            assertThatThrownBy(() -> thread.call(() -> {
                        throw new IllegalArgumentException("of the device");
                    }))
                    .hasCauseInstanceOf(IllegalArgumentException.class);
        }
    }
}
