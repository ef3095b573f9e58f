// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PositionReports;

class PulseAllocationTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WINDOWS = 30;

    @Test
    void playingAndRecordingAllocateNothingOnceWarm() throws Exception {
        try (TestServer server = TestServer.start(TestServer.NULL_SINK);
                PulseBackend backend = PulseBackend.open("cap,cap.monitor", server.address())) {
            AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
            AudioSource source = backend.openSource(Device.PARAMS, "input 1");
            sink.start();
            source.start();
            Device.awaitReport(sink, PositionReports.Kind.POSITION);
            long thread = Thread.getAllStackTraces().keySet().stream()
                    .filter(one -> one.getName().equals("vsnd-audio-pulse"))
                    .findFirst()
                    .orElseThrow()
                    .getId();
            byte[] sound = Pattern.frames(Device.RATE_HZ / 5);
            long least = Long.MAX_VALUE; // the compiler's own doings show up as a few bytes once
            for (int i = 0; i < WINDOWS && least > 0; i++) {
                long before = THREADS.getThreadAllocatedBytes(thread);
                Device.play(sink, sound);
                Device.record(source, Device.RATE_HZ / 50);
                least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
            }

            assertThat(least).isZero();
        }
    }
}
