// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

class LiveAllocationTest {
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, 48_000, 2, 960);
    private static final long PERIOD_NANOS = 10_000_000;
    private static final int PERIOD = 480;
    private static final int ROUNDS = 20_000;

    private final ByteBuffer device = ByteBuffer.allocateDirect(4 * PERIOD);
    private final ByteBuffer host = ByteBuffer.allocateDirect(4 * PERIOD);
    private final PositionReports.Report report = new PositionReports.Report();
    private long nowNanos = 1_000_000_000_000L;

    /** Whatever allocates does so in each of thousands of rounds; being compiled costs an object now and then. */
    private static void assertWarmAllocatesNothing(Runnable rounds) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20 && least > 0; i++) {
            long before = threads.getThreadAllocatedBytes(thread);
            rounds.run();
            long after = threads.getThreadAllocatedBytes(thread);
            assertThat(before).isPositive();
            least = Math.min(least, after - before);
        }
        assertThat(least).isZero();
    }

    @Test
    void playingAllocatesNothing() {
        LivePlayback playback = new LivePlayback(PARAMS, () -> {}, () -> nowNanos);
        AudioSink sink = playback.sink();
        playback.opened(960, 480, nowNanos);
        sink.start();
        assertWarmAllocatesNothing(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                nowNanos += PERIOD_NANOS;
                if (i % 7 != 0) { // now and then there is silence
                    sink.write(device.clear());
                }
                playback.wanted(nowNanos);
                playback.fill(host.clear(), i % 2 == 0 ? 400 : 900, nowNanos);
                playback.fill(host.clear(), 900, nowNanos);
                playback.heard(700, nowNanos);
                while (sink.reports().poll(report)) {
                    sink.targetFrames();
                }
            }
        });
    }

    @Test
    void recordingAllocatesNothing() {
        LiveCapture capture = new LiveCapture(PARAMS, () -> {}, () -> nowNanos);
        AudioSource source = capture.source();
        capture.opened(960, nowNanos);
        source.start();
        assertWarmAllocatesNothing(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                nowNanos += PERIOD_NANOS;
                capture.wanted(nowNanos);
                capture.captured(host.clear());
                capture.position(5, nowNanos);
                source.read(device.clear(), PERIOD);
                while (source.reports().poll(report)) {
                    source.latencyFrames();
                }
            }
        });
        assertThat(source.reports()).isNotSameAs(PositionReports.NONE);
    }
}
