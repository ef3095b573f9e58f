// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.unpaced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.LogLines;
import org.vsnd.audio.PlugListener;
import org.vsnd.audio.live.LiveCapture;
import org.vsnd.audio.live.SimulatedHost;

class UnpacedBackendTest {
    private static final int PERIOD = 480;

    @Test
    @DisplayName("Better host audio that the live back end finds is found by this one")
    void countsWhatTheLiveBackEndFinds() {
        AudioBackend live = mock(AudioBackend.class);
        when(live.generation()).thenReturn(3);
        try (UnpacedBackend backend = new UnpacedBackend(live)) {
            assertThat(backend.generation()).isEqualTo(3);
            PlugListener listener = plugged -> {};
            PlugListener.Following following = mock(PlugListener.Following.class);
            when(live.follow(HostSocket.MIC, false, "input 0", listener)).thenReturn(following);
            assertThat(backend.follow(HostSocket.MIC, false, "input 0", listener))
                    .isSameAs(following);
        }
    }

    @Test
    @DisplayName("What a guest that is not in real time loses is said once for playback and once for recording")
    void lossesAreSaidOncePerDirection() {
        SimulatedHost host = new SimulatedHost(PERIOD);
        LiveCapture capture = new LiveCapture(SimulatedHost.PARAMS, () -> {}, host::nanoTime);
        AudioBackend live = mock(AudioBackend.class);
        when(live.openSink(any(), any())).thenReturn(host.playback.sink());
        when(live.openSource(any(), any())).thenReturn(capture.source());
        try (LogLines log = new LogLines();
                UnpacedBackend backend = new UnpacedBackend(live, host::nanoTime)) {
            AudioSink sink = backend.openSink(SimulatedHost.PARAMS, "out");
            AudioSource source = backend.openSource(SimulatedHost.PARAMS, "in");
            host.open(SimulatedHost.PARAMS.targetFrames(), PERIOD);
            capture.opened(PERIOD, host.nanoTime());
            capture.position(0, host.nanoTime());
            host.advance(10_000);
            sink.start();
            source.start();
            capture.wanted(host.nanoTime());
            host.advance(10_000);
            capture.captured(ByteBuffer.allocate(10_000 * SimulatedHost.PARAMS.frameBytes()));
            capture.position(0, host.nanoTime());
            for (int period = 1; period <= 200; period++) { // two seconds of sound in no time
                host.hand(sink, PERIOD);
                source.read(ByteBuffer.allocate(PERIOD * SimulatedHost.PARAMS.frameBytes()), PERIOD);
            }
            assertThat(log.with("the guest")).hasSize(2);
            assertThat(log.with("out: the guest plays faster than the host")).hasSize(1);
            assertThat(log.with("in: the guest records faster than the host")).hasSize(1);
        }
    }
}
