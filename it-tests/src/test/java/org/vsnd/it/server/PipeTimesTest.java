// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.vsnd.it.server.PipeTimes.Miss;

class PipeTimesTest {
    private static final long START = 1_000_000_000_000L;
    private static final int TICK = 10;

    /** clock frame, moved before, moved in this tick */
    private static PipeTimes times(long rateHz, long ppb, long[]... pieces) {
        ByteBuffer file = ByteBuffer.allocate(40 + 32 * pieces.length).order(ByteOrder.nativeOrder());
        file.putLong(START).putLong(rateHz).putLong(ppb).putLong(4).putLong(TICK);
        for (long[] piece : pieces) {
            file.putLong(piece[0]).putLong(piece[1]).putLong(1000 + piece[0]);
            file.putInt((int) piece[2]).putInt(TICK - (int) piece[2]);
        }
        return PipeTimes.read(file.array());
    }

    @Test
    void framesAreTimedByTheConvertersClock() {
        PipeTimes times = times(1000, 0, new long[] {50, 0, 10}, new long[] {60, 10, 10});

        // each frame half a tick before and after the time its tick is read on average
        assertThat(times.nanosOf(0)).isCloseTo(START + 55e6, within(1.0));
        assertThat(times.nanosOf(9)).isCloseTo(START + 64e6, within(1.0));
        assertThat(times.nanosOf(10)).isCloseTo(START + 65e6, within(1.0));
        assertThat(times.frames()).isEqualTo(20);
        assertThat(times.misses()).isEmpty();
    }

    @Test
    void paceIsOffByPartsPerBillion() {
        PipeTimes times = times(48_000, 500_000, new long[] {48_000 * 1000L, 0, 1});

        assertThat(times.nanosPerFrame()).isCloseTo(1e9 / 48_024, within(1e-6));
        assertThat(times.nanosOf(0) - START).isCloseTo((48_000_000.0 + TICK / 2) * 1e9 / 48_024, within(1e3));
    }

    @Test
    void missedFramesShiftWhatFollows() {
        PipeTimes times = times(
                1000, 0, new long[] {0, 0, 10}, new long[] {10, 10, 4}, new long[] {20, 14, 0}, new long[] {100, 14, 10
                });

        assertThat(times.misses()).containsExactly(new Miss(14, 86));
        assertThat(times.nanosOf(13)).isCloseTo(START + 18e6, within(1.0));
        assertThat(times.nanosOf(14)).isCloseTo(START + 105e6, within(1.0));
    }

    @Test
    void framesThatWereNotMovedHaveNoTime() {
        PipeTimes times = times(1000, 0, new long[] {0, 0, 10}, new long[] {10, 10, 0});

        assertThat(times.frames()).isEqualTo(10);
        assertThatThrownBy(() -> times.nanosOf(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> times(1000, 0).nanosOf(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
