// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.live.VirtualServer;

/** Latency that was raised because the host ran dry is back within seconds, and nobody hears it come back. */
class TroublePassesTest {
    private static final long MS = 1_000_000;
    private static final int TX = 1;
    private static final int PERIOD = 480;
    private static final int IN_FLIGHT = 4;

    private Rig rig;
    private VirtualServer server;
    private long latencyBytes;

    @BeforeEach
    void begin() {
        server = new VirtualServer(() -> rig.thread.nowNanos);
        rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO, server);
        rig.prepare(0, IN_FLIGHT * PERIOD, PERIOD);
        for (int i = 0; i < IN_FLIGHT; i++) {
            rig.play(TX, PERIOD * Rig.FRAME);
        }
        rig.start(0);
    }

    private void play(long millis) {
        for (long i = 0; i < millis; i++) {
            rig.thread.advance(MS);
            server.step();
            for (Rig.Done done : rig.done) {
                if (done.tag() == TX) {
                    latencyBytes = done.latencyBytes();
                    rig.play(TX, PERIOD * Rig.FRAME);
                }
            }
            rig.done.clear();
        }
    }

    private void runDry(int times) {
        for (int i = 0; i < times; i++) {
            server.runDry();
            play(200);
        }
    }

    private long latencyMillis() {
        return Math.round((double) latencyBytes / Rig.FRAME / 48);
    }

    @Test
    @DisplayName(
            "after a storm of under-runs of the host's the latency is what it was before, without a frame of silence")
    void latencyComesBack() {
        play(2000);
        long beforeMillis = latencyMillis();
        runDry(10);
        play(500); // the silence before what comes next is heard
        assertThat(latencyMillis()).as("ms in the middle of it").isGreaterThan(100);

        long silentFrames = server.silentFrames();
        long xruns = rig.device.statistics().get(0).xruns();
        play(10_000);

        assertThat(latencyMillis()).isBetween(beforeMillis - 1, beforeMillis + 1);
        assertThat(server.silentFrames()).isEqualTo(silentFrames);
        assertThat(rig.device.statistics().get(0).xruns()).isEqualTo(xruns);
    }

    @Test
    @DisplayName("a host that runs dry as soon as it is given less is left in peace for longer each time")
    void aHostThatNeedsMoreIsGivenMore() {
        play(2000);
        runDry(10);
        long silentFrames = server.silentFrames();
        int dry = 0;
        for (int second = 0; second < 120; second++) {
            play(1000);
            if (latencyMillis() < 100) {
                dry++;
                runDry(2);
            }
        }

        assertThat(dry).isBetween(2, 12);
        assertThat(server.silentFrames()).isGreaterThan(silentFrames);
    }
}
