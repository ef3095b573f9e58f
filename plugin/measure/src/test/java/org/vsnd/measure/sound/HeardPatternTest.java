// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.measure.sound.HeardPattern.Gap;
import org.vsnd.measure.sound.HeardPattern.Run;

class HeardPatternTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int FRAMES = 3000;

    static List<SoundFormat> formats() {
        return List.of(S16, SoundFormat.S32_STEREO_48K);
    }

    /** A recording put together from pieces. */
    private static final class Tape {
        private final SoundFormat format;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Tape(SoundFormat format) {
            this.format = format;
        }

        Tape pattern(int from, int to) {
            int frameBytes = format.frameBytes();
            bytes.write(FramePattern.frames(format, to), from * frameBytes, (to - from) * frameBytes);
            return this;
        }

        Tape silence(int frames) {
            bytes.writeBytes(new byte[frames * format.frameBytes()]);
            return this;
        }

        HeardPattern heard() {
            return HeardPattern.in(bytes.toByteArray(), format, FRAMES);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void wholePatternBetweenSilenceIsExact(SoundFormat format) {
        HeardPattern heard =
                new Tape(format).silence(7).pattern(0, FRAMES).silence(5).heard();

        assertThat(heard.isExact()).as(heard.toString()).isTrue();
        assertThat(heard.runs()).containsExactly(new Run(7, 0, FRAMES));
        assertThat(heard.gaps()).isEmpty();
        assertThat(heard.silentFrames()).isEqualTo(12);
        assertThat(heard.strangeFrames()).isZero();
    }

    @Test
    void frameIsWhereItWasHeardFirst() {
        HeardPattern heard = new Tape(S16)
                .silence(7)
                .pattern(0, 100)
                .silence(5)
                .pattern(90, 200)
                .heard();

        assertThat(heard.placeOf(0)).isEqualTo(7);
        assertThat(heard.placeOf(95)).isEqualTo(102);
        assertThat(heard.placeOf(100)).isEqualTo(122);
        assertThat(heard.placeOf(200)).isEqualTo(-1);
    }

    @Test
    void pieceOfThePatternIsUnbrokenButNotExact() {
        for (HeardPattern heard : List.of(
                new Tape(S16).pattern(1, FRAMES).heard(),
                new Tape(S16).pattern(0, FRAMES - 1).heard())) {
            assertThat(heard.isUnbroken()).isTrue();
            assertThat(heard.isExact()).isFalse();
        }
    }

    @Test
    void lostRepeatedAndDelayedFramesAreCounted() {
        HeardPattern heard = new Tape(S16)
                .pattern(0, 1000)
                .pattern(1003, 1500)
                .pattern(1490, 2000)
                .silence(48)
                .pattern(2000, FRAMES)
                .heard();

        assertThat(heard.isUnbroken()).isFalse();
        assertThat(heard.gaps()).containsExactly(new Gap(1000, 0, 3), new Gap(1497, 0, -10), new Gap(2007, 48, 0));
        assertThat(heard.heardFrames()).isEqualTo(FRAMES - 3 + 10);
    }

    @Test
    void changedSampleIsStrange() {
        byte[] recording = FramePattern.frames(S16, FRAMES);
        recording[4 * 100] ^= 1;

        HeardPattern heard = HeardPattern.in(recording, S16, FRAMES);

        assertThat(heard.isUnbroken()).isFalse();
        assertThat(heard.strangeFrames()).isEqualTo(1);
        assertThat(heard.gaps()).containsExactly(new Gap(100, 1, 1));
        assertThat(heard.toString()).contains("1 strange from 100");
    }

    @Test
    void changedSecondChannelOfThirtyTwoBitsIsStrange() {
        byte[] recording = FramePattern.frames(SoundFormat.S32_STEREO_48K, FRAMES);
        recording[8 * 100 + 5] ^= 1;

        assertThat(HeardPattern.in(recording, SoundFormat.S32_STEREO_48K, FRAMES)
                        .strangeFrames())
                .isEqualTo(1);
    }

    @Test
    void framesBehindWhatWasPlayedAreStrange() {
        HeardPattern heard = new Tape(S16).pattern(0, FRAMES + 2).heard();

        assertThat(heard.strangeFrames()).isEqualTo(2);
        assertThat(heard.isExact()).isFalse();
    }

    @Test
    void silenceIsNotThePattern() {
        HeardPattern heard = new Tape(S16).silence(100).heard();

        assertThat(heard.runs()).isEmpty();
        assertThat(heard.isUnbroken()).isFalse();
    }

    @Test
    void formatWhoseFramesDoNotSayWhichTheyAreIsRefused() {
        for (SoundFormat format : List.of(SoundFormat.FLOAT_STEREO_48K, SoundFormat.S16_MONO_44K1)) {
            byte[] recording = FramePattern.frames(format, 10);
            assertThatThrownBy(() -> HeardPattern.in(recording, format, 10))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
