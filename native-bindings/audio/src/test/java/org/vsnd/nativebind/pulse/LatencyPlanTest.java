// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

class LatencyPlanTest {
    private static LatencyPlan plan(long targetFrames) {
        return new LatencyPlan(new PcmParams(PcmFormat.S16, 48_000, 2, targetFrames));
    }

    @ParameterizedTest
    @ValueSource(longs = {240, 480, 960, 4_800, 48_000})
    void aSinkThatDoesAsItIsAskedLeavesTheTargetAsItIs(long targetFrames) {
        LatencyPlan plan = plan(targetFrames);

        assertThat(plan.grantedFrames(plan.blockFrames())).isEqualTo(targetFrames);
        assertThat(plan.lowFrames(plan.blockFrames())).isLessThan(targetFrames);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 10, 48})
    void aTargetTooSmallForAnySinkIsRaised(long targetFrames) {
        LatencyPlan plan = plan(targetFrames);

        assertThat(plan.blockFrames()).isPositive();
        assertThat(plan.grantedFrames(plan.blockFrames())).isGreaterThan(plan.lowFrames(plan.blockFrames()));
    }

    @Test
    void aSinkThatHoldsMoreRaisesTheTarget() {
        LatencyPlan plan = plan(960);

        assertThat(plan.lowFrames(16_384)).isEqualTo(16_384 + plan.marginFrames());
        assertThat(plan.grantedFrames(16_384)).isEqualTo(16_384 + plan.marginFrames() + plan.blockFrames());
    }

    @Test
    void theServerIsAskedForTheBlock() {
        LatencyPlan plan = plan(960);

        // what PulseAudio makes of PA_STREAM_ADJUST_LATENCY
        assertThat((plan.tlengthFrames() - 2 * plan.minreqFrames()) / 2).isEqualTo(plan.blockFrames());
    }

    @Test
    void runningDryAgainWidensTheMarginUpToABound() {
        LatencyPlan plan = plan(960);
        long before = plan.grantedFrames(plan.blockFrames());
        long blockFrames = plan.blockFrames();
        for (int i = 0; i < 100; i++) {
            plan.widenMargin();
        }

        assertThat(plan.grantedFrames(blockFrames)).isGreaterThan(before);
        assertThat(plan.marginFrames()).isEqualTo(1_200);

        int steps = 0;
        while (plan.isWide()) {
            plan.narrowMargin();
            steps++;
        }
        assertThat(steps).isLessThan(8);
        assertThat(plan.grantedFrames(blockFrames)).isEqualTo(before);
    }
}
