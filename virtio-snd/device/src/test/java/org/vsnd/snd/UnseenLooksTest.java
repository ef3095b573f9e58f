// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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
}
