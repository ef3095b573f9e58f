// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

class RecordedFramesTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;

    @Test
    void placeOfTheRecordingIsAFrameOfThePattern() {
        byte[] pattern = FramePattern.frames(S16, 100);
        byte[] recording = new byte[90 * S16.frameBytes()];
        System.arraycopy(pattern, 20 * 4, recording, 10 * 4, 30 * 4); // frames 20 to 49 at 10
        System.arraycopy(pattern, 55 * 4, recording, 40 * 4, 45 * 4); // five are lost
        RecordedFrames frames = new RecordedFrames(HeardPattern.in(Arrays.copyOf(recording, 85 * 4), S16, 100));

        assertThat(frames.frameAt(9)).isEqualTo(-1);
        assertThat(frames.frameAt(10)).isEqualTo(20);
        assertThat(frames.frameAt(39)).isEqualTo(49);
        assertThat(frames.frameAt(40)).isEqualTo(55);
        assertThat(frames.breaksFrom(0)).isEqualTo(1);
        assertThat(frames.breaksFrom(41)).isZero();
    }
}
