// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SteadyStateTest {
    private static final long SECOND = 1_000_000_000L;

    /** Plays from second 5 to 20, allocates until second 10 and uses a tenth of a processor. */
    private static List<ServeStatistics> lines() {
        List<ServeStatistics> lines = new ArrayList<>();
        for (int s = 1; s <= 25; s++) {
            String state = s >= 5 && s <= 20 ? "STARTED" : "PREPARED";
            ServeStatistics.Stream stream = new ServeStatistics.Stream(true, state, 1024L * s, s, 1, 0, 960);
            lines.add(
                    new ServeStatistics(s * SECOND, s * SECOND / 10, Math.min(s, 10) * 100L, List.of(stream, stream)));
        }
        return lines;
    }

    @Test
    void whatIsAllocatedInTheWarmUpDoesNotCount() throws BenchException {
        SteadyState state = SteadyState.of("null", 2, lines(), 5 * SECOND, 0);

        assertThat(state.allocatedBytes()).isZero();
        assertThat(state.seconds()).isCloseTo(10, within(0.01));
        assertThat(state.cpuSharePerStream()).isCloseTo(0.05, within(0.001));
        assertThat(state.xruns()).isEqualTo(2);
    }

    @Test
    void whatIsAllocatedAfterwardsCounts() throws BenchException {
        assertThat(SteadyState.of("null", 2, lines(), 3 * SECOND, 0).allocatedBytes())
                .isEqualTo(200);
    }

    @Test
    void streamsThatDoNotPlayTogetherAreAnError() {
        assertThatThrownBy(() -> SteadyState.of("null", 3, lines(), SECOND, 0)).isInstanceOf(BenchException.class);
    }
}
