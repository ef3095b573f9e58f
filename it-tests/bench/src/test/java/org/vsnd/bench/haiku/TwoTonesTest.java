// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TwoTonesTest {
    private static final int PIECE = 16_384;

    @ParameterizedTest
    @EnumSource(GuestFormat.class)
    void anyPieceSaysWhichFrameItIsOfASecond(GuestFormat format) {
        TwoTones tones = new TwoTones(format.sound());
        int rate = format.rateHz();
        byte[] recording = tones.frames(3 * rate);

        for (int from : new int[] {0, 1, 10_007, rate - 100, rate + rate / 2, 2 * rate + 5}) {
            double place = from + PIECE / 2.0;
            assertThat(tones.frameAt(recording, from, PIECE, place))
                    .as("%s from %d", format, from)
                    .isCloseTo(place % rate, within(0.01));
        }
    }

    @Test
    void resampledPieceSaysSoToo() {
        int rate = 48_000;
        double ratio = 1.0005;
        ByteBuffer recording = ByteBuffer.allocate(PIECE * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < PIECE; i++) {
            double seconds = (30_000 + i * ratio) / rate;
            recording.putShort((short) Math.round(16_384 * Math.sin(2 * Math.PI * 440 * seconds)));
            recording.putShort((short) Math.round(16_384 * Math.sin(2 * Math.PI * 441 * seconds)));
        }

        TwoTones tones = new TwoTones(GuestFormat.S16_48000.sound());

        assertThat(tones.frameAt(recording.array(), 0, PIECE, 1000.5)).isCloseTo(30_000 + 1000.5 * ratio, within(0.05));
    }

    @Test
    void somethingElseIsNoPlace() {
        TwoTones tones = new TwoTones(GuestFormat.S16_48000.sound());
        byte[] broken = tones.frames(PIECE);
        Arrays.fill(broken, broken.length / 2, broken.length / 2 + 400, (byte) 0);

        assertThat(tones.frameAt(broken, 0, PIECE, 8192)).isNaN();
        assertThat(tones.frameAt(new byte[PIECE * 4], 0, PIECE, 8192)).isNaN();
    }
}
