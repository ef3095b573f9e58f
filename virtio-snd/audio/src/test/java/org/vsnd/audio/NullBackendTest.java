// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class NullBackendTest {
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, 48000, 2, 960);

    @Test
    void playbackIsTakenWholeAndForgotten() {
        try (NullBackend backend = new NullBackend();
                AudioSink sink = backend.openSink(PARAMS, "output 0")) {
            ByteBuffer frames = ByteBuffer.allocateDirect(4 * 100 + 3);
            sink.start();
            assertThat(sink.write(frames)).isEqualTo(100);
            assertThat(frames.remaining()).isEqualTo(3);
            assertThat(sink.targetFrames()).isEqualTo(960);
            assertThat(sink.reports()).isSameAs(PositionReports.NONE);
            assertThat(backend.name()).isEqualTo("null");
            sink.gap(5);
            sink.pause();
            sink.drain();
            assertThat(Allocation.ofWarm(() -> sink.write(frames.clear()))).isZero();
        }
    }

    @Test
    void recordingDeliversNothing() {
        try (NullBackend backend = new NullBackend();
                AudioSource source = backend.openSource(PARAMS, "input 0")) {
            source.start();
            source.skip(7, 0);
            ByteBuffer dst = ByteBuffer.allocateDirect(64);
            assertThat(source.read(dst, 0)).isZero();
            assertThat(dst.position()).isZero();
            source.pause();
            assertThat(source.latencyFrames()).isZero();
            assertThat(source.reports()).isSameAs(PositionReports.NONE);
        }
    }
}
