// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.LivePlayback;

@DisplayName("A playback stream that was closed")
class BackendStreamTest {
    private static final String NAME = "output 0";

    private final AudioBudget card = new AudioBudget(16 << 20, 8, 2, 1);
    private final AudioBudget otherCard = new AudioBudget(16 << 20, 8, 2, 1);
    private final LivePlayback playback =
            new LivePlayback(new PcmParams(PcmFormat.S16, 48_000, 2, 960, 24_000, card), () -> {});
    private final BackendStream stream = new BackendStream(NAME, playback, null);
    private final AudioSink sink = playback.sink();

    @Test
    @DisplayName("lingers for the streams of its name and card, and may be taken over")
    void lingersForItsCard() {
        assertThat(stream.lingers(NAME, card)).isFalse();
        sink.close();
        assertThat(stream.lingers(NAME, card)).isTrue();
        assertThat(stream.lingers(NAME, otherCard)).isFalse();
        assertThat(stream.lingers("output 1", card)).isFalse();
        assertThat(stream.takeOver()).isNotNull();
        assertThat(stream.lingers(NAME, card)).isFalse();
    }

    @Test
    @DisplayName("counts no more once it was given up, cannot be taken over, and ends")
    void whatWasGivenUpIsOver() {
        sink.close();
        stream.giveUp();
        assertThat(stream.lingers(NAME, card)).isFalse();
        assertThat(stream.takeOver()).isNull();
        assertThat(stream.step(System.nanoTime())).isEqualTo(PulseStream.NEVER);
        assertThat(stream.done()).isTrue();
        assertThat(card.promisedBytes()).isZero();
    }
}
