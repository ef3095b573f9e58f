// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import li.cil.sedna.api.device.rtc.RealTimeCounter;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.Timer;

class BoardClockTest {
    private final Counter counter = new Counter();
    private final BoardClock clock = new BoardClock(counter);

    private static final class Counter implements RealTimeCounter {
        private long ticks = 17;
        private int rateHz = 3_000_000; // no whole number of nanoseconds

        @Override
        public long getTime() {
            return ticks;
        }

        @Override
        public int getFrequency() {
            return rateHz;
        }
    }

    private void run(long cycles) {
        counter.ticks += cycles;
        clock.step();
    }

    @Test
    void noPartOfANanosecondIsLost() {
        for (int i = 0; i < 30_000_000; i += 7_500) {
            run(7_500);
        }

        assertThat(clock.nanoTime()).isEqualTo(10_000_000_000L);
    }

    @Test
    void timeGoesOnWhereItWasWhenTheMachineIsResetAndAtAnotherRate() {
        run(3_000_000);
        counter.ticks = 0;
        run(3_000_000);
        counter.rateHz = 50_000_000;
        run(50_000_000);

        assertThat(clock.nanoTime()).isEqualTo(3_000_000_000L);
    }

    @Test
    void timeDoesNotLeapWhenTheBoardIsRestored() {
        run(3_000_000);
        counter.ticks = 900_000_000_000L;
        clock.resume();
        run(3_000_000);

        assertThat(clock.nanoTime()).isEqualTo(2_000_000_000L);
    }

    @Test
    void timersRunWhenDueTheEarliestFirst() {
        List<String> ran = new ArrayList<>();
        Timer late = clock.timer(() -> ran.add("late"));
        Timer early = clock.timer(() -> ran.add("early"));
        Timer never = clock.timer(() -> ran.add("never"));
        late.arm(900_000_000);
        early.arm(500_000_000);
        never.arm(100_000_000);
        never.cancel();

        run(1_000_000);
        assertThat(ran).isEmpty();
        run(2_000_000);

        assertThat(ran).containsExactly("early", "late");
    }

    @Test
    void aSignalRunsItsTaskAtTheNextStep() {
        List<String> ran = new ArrayList<>();
        clock.wakeup(() -> ran.add("task")).signal();

        clock.step();
        clock.step();

        assertThat(ran).containsExactly("task");
    }
}
