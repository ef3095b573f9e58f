// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeResultTest {
    @Test
    void aRunHasItsSpreadAndLatency() {
        List<ProbeResult> results = ProbeResult.parse("""
                a line of something else
                {"stream":"playback","period":480,"buffer":1920,"frames":48000,"wakeups":100,"xruns":2,"mean_ns":1.5,\
                "p1_ns":1,"p50_ns":2,"p99_ns":3,"max_ns":4,"reported_latency_min":950,"reported_latency_max":960}
                """);

        assertThat(results)
                .containsExactly(new ProbeResult(
                        "playback",
                        48000,
                        2,
                        new ProbeResult.Spread(1, 2, 3, 4),
                        new ProbeResult.FrameRange(950, 960),
                        null));
    }

    @Test
    void aStreamThatStoodStillIsHung() {
        ProbeResult result = ProbeResult.parse("{\"stream\":\"capture\",\"frames\":0,\"xruns\":0,"
                        + "\"failed\":\"poll: Connection timed out\"}")
                .get(0);

        assertThat(result.hung()).isTrue();
        assertThat(result.wakeUps()).isNull();
    }

    @Test
    void aRefusedStreamIsNotHung() {
        ProbeResult result = ProbeResult.parse(
                        "{\"stream\":\"capture\",\"frames\":0,\"xruns\":0,\"failed\":\"open: No such file\"}")
                .get(0);

        assertThat(result.hung()).isFalse();
    }
}
