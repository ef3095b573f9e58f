// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordedToneTest {
    private static final int FRAMES = 40_000;

    /** Silence, then the tones but for some frames. */
    private static RecordedTone without(GuestFormat format, int from, int to) {
        int frameBytes = format.sound().frameBytes();
        byte[] tones = new TwoTones(format.sound()).frames(FRAMES);
        ByteArrayOutputStream recording = new ByteArrayOutputStream();
        recording.writeBytes(new byte[1000 * frameBytes]);
        recording.write(tones, frameBytes, (from - 1) * frameBytes); // the first frame is silent
        recording.write(tones, to * frameBytes, (FRAMES - to) * frameBytes);
        return RecordedTone.in(recording.toByteArray(), format.sound());
    }

    @ParameterizedTest
    @EnumSource(GuestFormat.class)
    void toneBehindSilenceIsUnbroken(GuestFormat format) {
        RecordedTone tone = without(format, 20_000, 20_000);

        assertThat(tone.silentFrames()).isEqualTo(1000);
        assertThat(tone.unbroken()).as(tone.toString()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(GuestFormat.class)
    void oneFrameLeftOutBreaksIt(GuestFormat format) {
        assertThat(without(format, 20_000, 20_001).unbroken()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(GuestFormat.class)
    void silenceIsNoTone(GuestFormat format) {
        assertThat(RecordedTone.in(new byte[format.periodBytes()], format.sound())
                        .unbroken())
                .isFalse();
    }
}
