// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.vsnd.measure.LineFit;

class SinkClockTest {
    @Test
    void rateIsToldFromWhenFramesCame() {
        long[] frames = LongStream.range(0, 1000).map(n -> n * 480).toArray();
        long[] nanos = LongStream.range(0, 1000)
                .map(n -> Math.round(n * 10_000_000 / (1 + 42e-6)))
                .toArray();

        SinkClock clock = SinkClock.seen(LineFit.through(frames, nanos), 48_000);

        assertThat(clock.ppm()).isCloseTo(42, within(0.01));
        assertThat(clock.errorPpm()).isLessThan(0.01);
        assertThat(SinkClock.known(-500).errorPpm()).isZero();
    }
}
