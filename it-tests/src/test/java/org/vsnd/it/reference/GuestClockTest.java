// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

class GuestClockTest {
    private final GuestClock clock = new GuestClock();
    private final List<String> ran = new ArrayList<>();

    @Test
    void timersRunOnceWhenDueTheEarliestFirst() {
        Timer late = clock.timer(() -> ran.add("late"));
        Timer early = clock.timer(() -> ran.add("early"));
        Timer never = clock.timer(() -> ran.add("never"));
        late.arm(200);
        early.arm(100);
        never.arm(50);
        never.cancel();
        clock.advance(99);
        assertThat(ran).isEmpty();
        clock.advance(500);
        clock.advance(500);
        assertThat(ran).containsExactly("early", "late");
    }

    @Test
    void aTimerThatArmsItselfGoesOnFromTheTimeItWasDue() {
        Timer[] timer = new Timer[1];
        long[] deadline = {0};
        timer[0] = clock.timer(() -> {
            ran.add("tick");
            deadline[0] += 10;
            timer[0].arm(deadline[0]);
        });
        timer[0].arm(0);
        assertThat(ran).as("never from inside arm").isEmpty();
        clock.advance(100);
        assertThat(ran).hasSize(11);
    }

    @Test
    void aWakeupFromAnotherThreadRunsHereAndOnce() throws InterruptedException {
        Thread[] runner = new Thread[1];
        Wakeup wakeup = clock.wakeup(() -> {
            ran.add("wakeup");
            runner[0] = Thread.currentThread();
        });
        Thread other = new Thread(() -> {
            wakeup.signal();
            wakeup.signal();
        });
        other.start();
        other.join();
        clock.advance(0);
        clock.advance(0);
        assertThat(ran).hasSize(1);
        assertThat(runner[0]).isSameAs(Thread.currentThread());
    }
}
