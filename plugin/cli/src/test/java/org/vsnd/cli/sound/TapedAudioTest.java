// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;

@DisplayName("Host audio with a tape")
class TapedAudioTest {
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, 48_000, 2, 960);

    private final AudioBackend host = mock(AudioBackend.class);
    private final AudioBackend source = mock(AudioBackend.class);
    private final AudioSink live = mock(AudioSink.class);
    private final TapedAudio audio = new TapedAudio(host, source, 100);

    @BeforeEach
    void open() {
        when(host.openSink(any(), any())).thenReturn(live);
    }

    private void play(int value) {
        audio.openSink(PARAMS, "output 0").write(ByteBuffer.wrap(new byte[] {(byte) value, 0, 0, 0}));
    }

    @Test
    @DisplayName("keeps what the last stream played")
    void keepsTheLastStream() {
        assertThat(audio.played()).isEmpty();
        play(1);
        play(2);
        assertThat(audio.played()).containsExactly(2, 0, 0, 0);
    }

    @Test
    @DisplayName("keeps all of a stream that moves to better host audio")
    void keepsWhatWasPlayedBeforeAMove() {
        play(1);
        when(host.generation()).thenReturn(1);
        play(2);
        assertThat(audio.played()).containsExactly(1, 0, 0, 0, 2, 0, 0, 0);
        play(3);
        assertThat(audio.played()).containsExactly(3, 0, 0, 0);
    }

    @Test
    @DisplayName("says what those say that play and record")
    void asksTheRightOne() {
        Resampler resampler = mock(Resampler.class);
        when(host.generation()).thenReturn(2);
        when(source.openResampler(PARAMS)).thenReturn(Optional.of(resampler));
        when(source.captureRefusal(any(), anyInt(), anyInt())).thenReturn(Optional.of("No."));
        when(live.droppedFrames()).thenReturn(3L);
        when(live.silentFrames()).thenReturn(4L);

        assertThat(audio.generation()).isEqualTo(2);
        assertThat(audio.openResampler(PARAMS)).contains(resampler);
        assertThat(audio.captureRefusal(PcmFormat.S16, 48_000, 2)).contains("No.");
        AudioSink sink = audio.openSink(PARAMS, "output 0");
        assertThat(sink.droppedFrames()).isEqualTo(3);
        assertThat(sink.silentFrames()).isEqualTo(4);
    }
}
