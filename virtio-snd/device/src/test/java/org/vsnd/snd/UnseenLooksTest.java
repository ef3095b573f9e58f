// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.RestoredChains;

@DisplayName("A driver that takes VIRTIO_F_EVENT_IDX, polls and never moves used_event")
class UnseenLooksTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD = 480;
    private static final int BUFFER_PERIODS = 4;

    private static Rig polled() {
        Rig rig = new Rig(StopRule.KEEP, false);
        rig.useEventIdx();
        rig.asleep = true; // nothing moves used_event: this test looks by itself
        rig.prepare(0, BUFFER_PERIODS * PERIOD, PERIOD);
        return rig;
    }

    /** Plays periods and waits until all are done; returns how long it took. */
    private static long play(Rig rig, int periods) {
        long before = rig.thread.nowNanos;
        int first = rig.usedIdx(2);
        int sent = 0;
        for (; sent < Math.min(BUFFER_PERIODS, periods); sent++) {
            rig.play(sent, PERIOD * Rig.FRAME);
        }
        rig.start(0);
        while (rig.usedIdx(2) - first < periods && rig.thread.nowNanos - before < 10_000 * MS) {
            rig.thread.advance(MS);
            for (; sent < periods && sent < rig.usedIdx(2) - first + BUFFER_PERIODS; sent++) {
                rig.play(sent, PERIOD * Rig.FRAME);
            }
        }
        rig.stop(0);
        return rig.thread.nowNanos - before;
    }

    @Test
    @DisplayName("has its last message when it was played")
    void longSound() {
        assertThat(play(polled(), 40)).isBetween(400 * MS, 420 * MS);
    }

    @Test
    @DisplayName("has it also at the end of a sound of one buffer: its requests have shown what it does")
    void shortSound() {
        assertThat(play(polled(), 4)).isBetween(40 * MS, 60 * MS);
    }

    @Test
    @DisplayName("is known by its messages, if its interrupts served its requests")
    void interruptsForRequestsOnly() {
        Rig rig = new Rig(StopRule.KEEP, false);
        rig.useEventIdx();
        rig.prepare(0, BUFFER_PERIODS * PERIOD, PERIOD);
        rig.asleep = true;
        assertThat(play(rig, 40)).isBetween(400 * MS, 420 * MS);
    }

    @Test
    @DisplayName("is known to the device that replaces a lost one, before its next request")
    void knownToTheNextDevice() throws SnapshotException {
        Rig lost = polled();
        play(lost, 4);
        lost.start(0);
        SnapshotWriter out = new SnapshotWriter(lost.thread.nowNanos);
        lost.device.saveSettings(out);
        Rig next = new Rig(StopRule.KEEP, false);
        next.useEventIdx();
        next.asleep = true;
        next.goOn(0, 5);
        SnapshotReader in = new SnapshotReader(out.finish(), next.thread.nowNanos);
        Runnable step = next.device.loadSettings(in);
        in.end();
        step.run();

        long before = next.thread.nowNanos;
        for (int i = 0; i < BUFFER_PERIODS; i++) {
            next.play(i, PERIOD * Rig.FRAME);
        }
        while (next.usedIdx(2) < BUFFER_PERIODS && next.thread.nowNanos - before < 10_000 * MS) {
            next.thread.advance(MS);
        }
        assertThat(next.thread.nowNanos - before).isBetween(40 * MS, 60 * MS);
        next.stop(0);
        assertThat(play(next, 4)).as("and after its request").isBetween(40 * MS, 60 * MS);
    }

    @Test
    @DisplayName("is known in a snapshot, and one that looks otherwise is as well")
    void knownInASnapshot() throws SnapshotException {
        Rig rig = polled();
        byte[] before = snapshot(rig);
        play(rig, 4);
        byte[] saved = snapshot(rig);
        assertThat(new String(before, StandardCharsets.ISO_8859_1)).doesNotContain("LOOK");
        assertThat(new String(saved, StandardCharsets.ISO_8859_1)).contains("LOOK");
        rig.device.reset();
        SnapshotReader in = new SnapshotReader(saved, rig.thread.nowNanos);
        Runnable step = rig.device.load(in, new RestoredChains(), true);
        in.end();
        step.run();
        assertThat(snapshot(rig)).isEqualTo(saved);
    }

    private static byte[] snapshot(Rig rig) {
        SnapshotWriter out = new SnapshotWriter(rig.thread.nowNanos);
        rig.device.save(out);
        return out.finish();
    }
}
