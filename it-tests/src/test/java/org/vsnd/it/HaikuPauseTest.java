// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.haiku.BufferExchange;

@DisplayName("After pauses of the media server Haiku")
class HaikuPauseTest {
    private static final long MILLI = HaikuGuest.MILLI;
    private static final int BEFORE = 8;
    private static final int AFTER = 10;
    private static final int SHORT_WHILE = 5;
    /** What was recorded until the pause may come sooner than a period after what was played. */
    private static final int SETTLED = 1;

    /** Latencies are what they were, but for the parts of frames at which pauses ended. */
    private static void assertAsBefore(HaikuTimeline line, int from, int to, long frames) {
        long most = frames * 1_000_000_000L / line.node().rateHz() + 1;
        for (int i = from; i < to; i++) {
            assertThat(line.untilHeardNanos(i))
                    .as("playback latency of exchange %d", i)
                    .isCloseTo(line.untilHeardNanos(3), within(most));
            assertThat(line.ageNanos(i)).as("age of recording %d", i).isCloseTo(line.ageNanos(3), within(most));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "48000,2,5000",
        "44100,2,5000",
        "48000,35,5000",
        "48000,70,5000",
        "48000,2,130",
        "48000,2,300",
        "48000,2,400",
        "44100,70,500",
        "48000,2,700",
        "48000,2,1000",
        "48000,2,2500",
        "48000,2,60000"
    })
    @DisplayName("exchanges by the period again, as late as before and without a burst")
    void isAsLateAsBefore(int rateHz, long thinkMillis, long pauseMillis) {
        try (HaikuTimeline line = new HaikuTimeline(rateHz, thinkMillis * MILLI)) {
            line.node().exchange(BEFORE);
            line.node().pause(pauseMillis * MILLI);
            line.node().exchange(AFTER);
            HaikuGuest.assertExact(line.node().exchanges().subList(0, BEFORE), 0, rateHz);
            HaikuGuest.assertExact(line.node().exchanges(), BEFORE + SETTLED, rateHz);
            assertAsBefore(line, 3, BEFORE, 0);
            assertAsBefore(line, BEFORE + SETTLED, BEFORE + AFTER - 1, 1);
            line.assertHeardAll();
            assertNoBurst(line, BEFORE, rateHz);
        }
    }

    /** Between two exchanges there is never less than most of a period, but for the first after a pause. */
    private static void assertNoBurst(HaikuTimeline line, int first, int rateHz) {
        long period = HaikuGuest.PERIOD_FRAMES * 1_000_000_000L / rateHz;
        List<BufferExchange> exchanges = line.node().exchanges();
        for (int i = first + 1; i < exchanges.size(); i++) {
            long interval =
                    exchanges.get(i).playedNanos() - exchanges.get(i - 1).playedNanos();
            assertThat(interval).as("before exchange %d", i).isGreaterThan(period / 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {44_100, 48_000})
    @DisplayName("does not become later with each of many, of up to a second")
    void doesNotBecomeLater(int rateHz) {
        try (HaikuTimeline line = new HaikuTimeline(rateHz, 2 * MILLI)) {
            line.node().exchange(BEFORE);
            for (int round = 0; round < 44; round++) {
                line.node().pause(23L * round * MILLI);
                int first = line.node().exchanges().size();
                line.node().exchange(SHORT_WHILE);
                HaikuGuest.assertExact(line.node().exchanges(), first + SETTLED, rateHz);
                assertAsBefore(line, first + SETTLED, first + SHORT_WHILE - 1, round + 1);
                assertNoBurst(line, first, rateHz);
            }
            line.assertHeardAll();
        }
    }
}
