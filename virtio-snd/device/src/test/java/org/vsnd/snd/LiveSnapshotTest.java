// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.RestoredChains;

/** Restored into live host audio, a device goes on at once and finds the new host's clock. */
class LiveSnapshotTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD = 480;
    private static final int PERIOD_BYTES = PERIOD * Rig.FRAME;
    private static final int PERIODS = 4;

    /** Saves the device and makes it what it was; its host audio is new afterwards. */
    static void saveAndRestore(Rig rig) throws SnapshotException {
        SnapshotWriter out = new SnapshotWriter(rig.thread.nowNanos);
        for (QueueRegisters queue : rig.queues) {
            queue.save(out);
        }
        rig.device.save(out);
        SnapshotReader in = new SnapshotReader(out.finish(), rig.thread.nowNanos);
        RestoredChains chains = new RestoredChains();
        List<Runnable> changes = new ArrayList<>();
        for (QueueRegisters queue : rig.queues) {
            changes.add(queue.load(in, 0, chains));
        }
        changes.add(rig.device.load(in, chains, true));
        in.end();
        assertThat(chains.allClaimed()).isTrue();
        changes.forEach(Runnable::run);
    }

    /** Lets time pass; every message that comes back is sent again, and the host says where it is. */
    private static void run(Rig rig, LiveHost host, int millis) {
        for (int i = 0; i < millis; i++) {
            List<Rig.Done> back = List.copyOf(rig.done);
            rig.done.clear();
            for (Rig.Done done : back) {
                if (done.tag() == 1) {
                    rig.play(1, PERIOD_BYTES);
                } else if (done.tag() == 2) {
                    rig.record(2, PERIOD_BYTES);
                }
            }
            rig.thread.advance(MS);
            if (i % 10 == 0) {
                host.report();
            }
        }
    }

    private static Rig duplex(LiveHost host) {
        Rig rig = host.rig(ExchangeRule.AUTO);
        rig.prepare(0, PERIODS * PERIOD, PERIOD);
        rig.prepare(1, PERIODS * PERIOD, PERIOD);
        for (int i = 0; i < PERIODS; i++) {
            rig.play(1, PERIOD_BYTES);
            rig.record(2, PERIOD_BYTES);
        }
        rig.start(0);
        rig.start(1);
        return rig;
    }

    @ParameterizedTest
    @EnumSource(
            value = StreamState.class,
            names = {"STARTED", "STOPPED"})
    @DisplayName("costs one under-run at most, and no message is lost or late for good")
    void costsOneUnderRun(StreamState state) throws SnapshotException {
        LiveHost host = new LiveHost(120, -80, false);
        Rig rig = duplex(host);
        run(rig, host, 5000);
        StreamStatistics playback = rig.device.statistics().get(0);
        StreamStatistics capture = rig.device.statistics().get(1);
        assertThat(playback.xruns()).isZero();
        if (state == StreamState.STOPPED) {
            rig.stop(0);
            rig.stop(1);
        }
        long framesBefore = playback.frames();
        saveAndRestore(rig);
        if (state == StreamState.STOPPED) {
            run(rig, host, 100);
            assertThat(playback.frames()).as("paused").isEqualTo(framesBefore);
            rig.start(0);
            rig.start(1);
        }
        run(rig, host, 10_000);
        assertThat(playback.xruns()).isLessThanOrEqualTo(1);
        assertThat(capture.xruns()).isLessThanOrEqualTo(1);
        assertThat(playback.frames() - framesBefore).isBetween(10 * 48_000L - 3 * PERIOD, 10 * 48_000L + 3 * PERIOD);
        assertThat(rig.fault).isEmpty();

        long frames = playback.frames();
        long captured = capture.frames();
        run(rig, host, 10_000);
        assertThat(playback.frames() - frames).as("at the host's rate").isBetween(479_500L, 481_000L);
        assertThat(capture.frames() - captured).isBetween(479_500L, 481_000L);
        assertThat(playback.xruns() + capture.xruns()).isLessThanOrEqualTo(1);
    }

    @Test
    @DisplayName("again and again: a sink that took over from one that took over from one")
    void againAndAgain() throws SnapshotException {
        LiveHost host = new LiveHost(0, 0, false);
        Rig rig = duplex(host);
        for (int i = 0; i < 20; i++) {
            run(rig, host, 137);
            saveAndRestore(rig);
        }
        StreamStatistics playback = rig.device.statistics().get(0);
        assertThat(playback.frames()).isBetween(20 * 137 * 48L - 6 * PERIOD, 20 * 137 * 48L + 6 * PERIOD);
        assertThat(playback.xruns()).as("one each time").isEqualTo(20);
    }
}
