// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.guest.haiku.BufferExchange;

@DisplayName("In hours of virtual time Haiku")
class HaikuDayTest {
    private static final int HOURS = Integer.getInteger("vsnd.hours", 24);
    private static final int RATE_HZ = 48_000;
    private static final long NANOS_PER_FRAME_3 = 62_500; // of three frames

    @Test
    @DisplayName("plays and records without drifting by a frame")
    void doesNotDrift() {
        try (HaikuTimeline line = new HaikuTimeline(RATE_HZ, 2 * HaikuGuest.MILLI)) {
            int count = (int) (HOURS * 3600L * RATE_HZ / HaikuGuest.PERIOD_FRAMES);
            line.node().exchange(count);
            BufferExchange first = line.node().exchanges().get(0);
            BufferExchange last = line.node().exchanges().get(count - 1);
            long frames = (count - 1L) * HaikuGuest.PERIOD_FRAMES;
            assertThat(last.playedNanos() - first.playedNanos())
                    .isBetween(frames * NANOS_PER_FRAME_3 / 3, frames * NANOS_PER_FRAME_3 / 3 + 1);
            assertThat(last.recordedNanos() - first.recordedNanos())
                    .isBetween(frames * NANOS_PER_FRAME_3 / 3 - 1, frames * NANOS_PER_FRAME_3 / 3 + 1);
            assertThat(line.untilHeardNanos(count - 1)).isCloseTo(line.untilHeardNanos(3), within(1L));
            assertThat(line.ageNanos(count - 2)).isCloseTo(line.ageNanos(3), within(1L));
            line.assertHeardAll();
            assertThat(line.tape().heard().runs()).as("played without a gap").hasSize(1);
            assertThat(line.recorded().runs()).as("recorded without a gap").hasSize(1);
            assertThat(line.card().statistics().get(0).xruns()).isZero();
        }
    }
}
