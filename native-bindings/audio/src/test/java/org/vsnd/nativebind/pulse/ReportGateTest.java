// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportGateTest {
    private static final long MILLI = 1_000_000;

    private final ReportGate gate = new ReportGate();

    @Test
    void theFirstReportIsTakenAsItIs() {
        assertThat(gate.passes(100 * MILLI, 0)).isTrue();
    }

    @Test
    void aSlowAnswerIsWorthNothingSoonAfterAGoodOne() {
        gate.passes(0, 0);

        assertThat(gate.passes(MILLI / 5, 20 * MILLI)).isTrue();
        assertThat(gate.passes(MILLI, 40 * MILLI)).isFalse();
    }

    @Test
    void aSlowAnswerIsBetterThanNoneForLong() {
        gate.passes(0, 0);

        assertThat(gate.passes(MILLI, 200 * MILLI)).isTrue();
    }

    @Test
    void afterABreakTheNextReportIsTakenAsItIs() {
        gate.passes(0, 0);
        gate.open();

        assertThat(gate.passes(100 * MILLI, MILLI)).isTrue();
    }
}
