// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.same;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.live.LiveCapture;
import org.vsnd.audio.unpaced.UnpacedBackend;

@DisplayName("The choice of a source")
class SourceChoiceTest {
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, 48_000, 2, 480);

    private final List<String> calls = new ArrayList<>();
    private final SourceChoice choice = new SourceChoice(() -> calls.add("moved"));

    @Test
    @DisplayName("is the device's, or that of a host that knew what was chosen")
    void isTheLastOfEither() {
        choice.moved(0, 0);
        choice.followedBy(() -> calls.add("wake"));
        assertThat(choice.chosen()).isZero();
        choice.choose(2);
        choice.choose(2);
        assertThat(calls).as("told once").containsExactly("wake");
        choice.moved(0, 1);
        assertThat(choice.chosen()).as("the host did not know of it").isEqualTo(2);
        choice.moved(2, 1);
        assertThat(choice.chosen()).isEqualTo(1);
        assertThat(calls).containsExactly("wake", "moved");
    }

    @Test
    @DisplayName("is followed by a live source whose host moves it, also if the guest is not in real time")
    void isFollowedByALiveSource() {
        LiveCapture capture = new LiveCapture(PARAMS, () -> calls.add("wake"));
        AudioSource source = capture.source();
        assertThat(source.followsChoice()).isFalse();
        capture.follow(choice);
        assertThat(source.followsChoice()).isTrue();
        choice.choose(1);
        assertThat(calls).containsExactly("wake");
        AudioBackend live = mock(AudioBackend.class);
        when(live.openSource(any(), any(), same(choice))).thenReturn(source);
        try (UnpacedBackend backend = new UnpacedBackend(live);
                AudioSource unpaced = backend.openSource(PARAMS, "input 0", choice)) {
            assertThat(unpaced.followsChoice()).isTrue();
        }
        capture.close();
    }

    @Test
    @DisplayName("means nothing to a back end that knows of one source only")
    void meansNothingToOthers() {
        try (AudioBackend backend = new NullBackend();
                AudioSource source = backend.openSource(PARAMS, "input 0", choice)) {
            assertThat(source.followsChoice()).isFalse();
        }
    }
}
