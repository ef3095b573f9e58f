// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

class HeardSoundTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int PLAYED = 1000;
    private static final byte[] PATTERN = FramePattern.frames(S16, PLAYED + 200); // more was filled than handed over

    /** Pieces of the pattern with silence before each. */
    private static HeardSound heard(int... fromTo) {
        ByteArrayOutputStream recording = new ByteArrayOutputStream();
        for (int i = 0; i < fromTo.length; i += 2) {
            recording.writeBytes(new byte[40]);
            recording.write(PATTERN, fromTo[i] * 4, (fromTo[i + 1] - fromTo[i]) * 4);
        }
        return HeardSound.of(HeardPattern.in(recording.toByteArray(), S16, PLAYED + 200), PLAYED);
    }

    @Test
    void allOfItInOnePieceIsExact() {
        assertThat(heard(0, PLAYED)).isEqualTo(new HeardSound(PLAYED, 0, 0, 0));
        assertThat(heard(0, PLAYED).exact()).isTrue();
    }

    @Test
    void silenceInBetweenLosesNothing() {
        HeardSound heard = heard(0, 300, 300, PLAYED);

        assertThat(heard).isEqualTo(new HeardSound(PLAYED, 1, 0, 0));
        assertThat(heard.complete()).isTrue();
        assertThat(heard.exact()).isFalse();
    }

    @Test
    void whatIsMissingAnywhereIsLost() {
        assertThat(heard(3, PLAYED).lost()).isEqualTo(3);
        assertThat(heard(0, 300, 310, PLAYED).lost()).isEqualTo(10);
        assertThat(heard(0, PLAYED - 1).lost()).isEqualTo(1);
        assertThat(heard().lost()).isEqualTo(PLAYED);
        assertThat(heard().complete()).isFalse();
    }

    @Test
    void whatIsHeardTwiceOrTooMuchIsNoBetter() {
        assertThat(heard(0, 300, 280, PLAYED).lost()).isEqualTo(20);
        assertThat(heard(0, PLAYED + 7).lost()).isEqualTo(7);
    }
}
