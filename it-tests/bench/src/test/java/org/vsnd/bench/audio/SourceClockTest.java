// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.audio.SourceClock.Piece;
import org.vsnd.measure.LineFit;

class SourceClockTest {
    private static final int RATE_HZ = 48_000;
    private static final int PIECE = 480;
    private static final double NANOS_PER_FRAME = 1e9 / RATE_HZ / (1 + 42e-6); // 42 ppm fast
    private static final long START = 7_000_000_000_000L;

    /** A minute of pieces, most of them late by some milliseconds. */
    private static List<Piece> pieces() {
        Random random = new Random(11);
        List<Piece> pieces = new ArrayList<>();
        for (long end = PIECE; end <= 60L * RATE_HZ; end += PIECE) {
            double late = random.nextInt(10) == 0 ? 0 : random.nextDouble() * 5e6;
            pieces.add(new Piece(end, START + Math.round(end * NANOS_PER_FRAME + late)));
        }
        return pieces;
    }

    @Test
    void latePiecesDoNotPullAtIt() throws BenchException {
        LineFit clock = SourceClock.of(pieces(), RATE_HZ, START, Long.MAX_VALUE);

        assertThat(SinkClock.seen(clock, RATE_HZ).ppm()).isCloseTo(42, within(0.2));
        assertThat(clock.nanosAt(RATE_HZ)).isCloseTo(START + RATE_HZ * NANOS_PER_FRAME, within(20_000.0));
    }

    @Test
    void whatCameBeforeAndAfterwardsDoesNotCount() throws BenchException {
        List<Piece> pieces = pieces();
        for (int i = 0; i < pieces.size(); i++) {
            if (i < 1000 || i >= 5000) { // before 10 s and after 50
                pieces.set(i, new Piece(pieces.get(i).endFrame(), pieces.get(i).nanos() - 9_000_000));
            }
        }

        LineFit clock = SourceClock.of(pieces, RATE_HZ, START + 10_010_000_000L, START + 49_980_000_000L);

        assertThat(SinkClock.seen(clock, RATE_HZ).ppm()).isCloseTo(42, within(0.2));
    }

    @Test
    void threeSecondsThatAreNotWholeAreTooLittle() {
        assertThatThrownBy(() -> SourceClock.of(pieces(), RATE_HZ, START, START + 2_900_000_000L))
                .isInstanceOf(BenchException.class);
    }
}
