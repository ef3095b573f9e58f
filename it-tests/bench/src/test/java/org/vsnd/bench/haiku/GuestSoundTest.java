// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuestSoundTest {
    private static final int EXCHANGES = 5;

    /** What a node does with it: two buffers are played before any was filled, each is read one exchange late. */
    @ParameterizedTest
    @EnumSource(GuestFormat.class)
    void whatWasPlayedIsFoundAgainAndWhatWasRecordedKept(GuestFormat format) {
        GuestSound sound = new GuestSound(format, EXCHANGES);
        byte[][] buffers = new byte[2][format.periodBytes()];
        ByteArrayOutputStream played = new ByteArrayOutputStream();
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        byte[] before = new byte[format.periodBytes()];
        for (int exchange = 0; exchange < EXCHANGES; exchange++) {
            byte[] buffer = buffers[exchange % 2];
            played.writeBytes(buffer);
            sound.fill(ByteBuffer.wrap(buffer));
            sound.take(ByteBuffer.wrap(before));
            before = new byte[format.periodBytes()];
            before[0] = (byte) (exchange + 1);
            if (exchange < EXCHANGES - 1) {
                recorded.writeBytes(before);
            }
        }

        assertThat(sound.playedFrames()).isEqualTo(3 * 16_384);
        assertThat(HeardSound.of(sound.in(played.toByteArray()), sound.playedFrames())
                        .exact())
                .isTrue();
        assertThat(sound.in(played.toByteArray()).placeOf(GuestSound.firstFrameOf(3)))
                .isEqualTo(3 * 16_384);
        assertThat(sound.recorded()).isEqualTo(recorded.toByteArray());
    }
}
