// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.bench.BenchException;
import org.vsnd.measure.LineFit;

class RecordedAgeTest {
    private static final GuestFormat FORMAT = GuestFormat.S16_48000;
    private static final int RATE = FORMAT.rateHz();
    private static final int FRAME_BYTES = FORMAT.sound().frameBytes();
    private static final long NANOS_PER_FRAME = 20_000; // of a source that is slower than nominal
    private static final long START = 5_000_000_000_000L;
    private static final byte[] TONES = new TwoTones(FORMAT.sound()).frames(8 * RATE);

    private static RecordedAge age() throws BenchException {
        long[] frames = {0, RATE, 2L * RATE, 4L * RATE};
        long[] nanos = Arrays.stream(frames)
                .map(frame -> START + frame * NANOS_PER_FRAME)
                .toArray();
        return new RecordedAge(FORMAT, TONES, LineFit.through(frames, nanos));
    }

    @ParameterizedTest
    @ValueSource(longs = {-20, 0, 35, 140, 600})
    void recordBufferIsAsOldAsItsLastFrame(long millis) throws BenchException {
        int first = 5 * RATE + 123; // of the source's frames, the first of those recorded
        byte[] recorded = Arrays.copyOfRange(TONES, first * FRAME_BYTES, (first + 3 * 16_384) * FRAME_BYTES);
        long middleNanos = START + (first + 16_384 + 8192L) * NANOS_PER_FRAME;
        long backNanos = middleNanos + Math.round(FORMAT.nanos(8192)) + millis * 1_000_000;

        assertThat(age().nanos(recorded, 1, backNanos)).isCloseTo(millis * 1e6, within(1e4));
    }

    @Test
    void bufferThatWasNotRecordedHasNoAge() throws BenchException {
        assertThat(age().nanos(new byte[16_384 * FRAME_BYTES], 0, START)).isNaN();
        assertThat(age().nanos(TONES, 8 * RATE / 16_384, START)).isNaN();
    }

    @Test
    void sourceWithoutTheTonesIsAFailure() {
        LineFit line = LineFit.through(new long[] {0, 1, 2}, new long[] {0, 1, 2});

        assertThatThrownBy(() -> new RecordedAge(FORMAT, new byte[8 * RATE * FRAME_BYTES], line))
                .isInstanceOf(BenchException.class);
        assertThatThrownBy(() -> new RecordedAge(FORMAT, new byte[8], line)).isInstanceOf(BenchException.class);
    }
}
