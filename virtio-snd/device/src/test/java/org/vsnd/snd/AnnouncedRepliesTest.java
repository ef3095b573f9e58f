// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_CONTROL;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An answer, after which the driver may free its rings,")
class AnnouncedRepliesTest {
    private static final int CONTROL = VIRTIO_SND_VQ_CONTROL;
    private static final long MILLI = 1_000_000;
    private static final long LEAD = 30 * MILLI;
    private static final int SET_PARAMS = 0x101;
    private static final int PREPARE = 0x102;
    private static final int RELEASE = 0x103;
    private static final int START = 0x104;
    private static final int STOP = 0x105;
    private static final int PERIOD_BYTES = 65_536;

    private final Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
    /** used.idx of the control queue at each of its interrupts. */
    private final List<Integer> interrupts = new ArrayList<>();

    AnnouncedRepliesTest() {
        rig.onInterrupt = queue -> {
            if (queue == CONTROL) {
                interrupts.add(rig.usedIdx(CONTROL));
            }
        };
    }

    private void request(int code, int... more) {
        int[] words = new int[1 + more.length];
        words[0] = code;
        System.arraycopy(more, 0, words, 1, more.length);
        assertThat(rig.control(words)).isEqualTo(VIRTIO_SND_S_OK);
    }

    private void setParams() {
        request(SET_PARAMS, 0, PERIOD_BYTES, PERIOD_BYTES, 0, 0x0007_0502);
    }

    @Test
    @DisplayName("comes with its interrupt, and the ring is not looked at afterwards")
    void theRingIsNotLookedAtAfterwards() {
        setParams();
        request(PREPARE, 0);
        rig.onInterrupt = queue -> rig.poison(CONTROL); // another processor has seen the answer before
        rig.asleep = true;
        rig.control(RELEASE, 0);
        rig.thread.advance(1_000 * MILLI);
        assertThat(rig.fault).isEmpty();
        assertThat(rig.isPoisoned(CONTROL)).isTrue();
    }

    @Test
    @DisplayName("comes 30 ms after its interrupt, and no interrupt comes after it")
    void comesAfterItsInterrupt() {
        rig.leadNanos = LEAD;
        setParams();
        assertThat(interrupts).containsExactly(0);
        rig.thread.advance(LEAD - 1);
        assertThat(rig.usedIdx(CONTROL)).isZero();
        rig.thread.advance(1);
        assertThat(rig.usedIdx(CONTROL)).isEqualTo(1);
        rig.poison(CONTROL);
        rig.thread.advance(1_000 * MILLI);
        assertThat(interrupts).hasSize(1);
        assertThat(rig.isPoisoned(CONTROL)).isTrue();
    }

    @Test
    @DisplayName("comes at once, but after its interrupt, on a host that interrupts at once")
    void comesAtOnce() {
        rig.leadNanos = 0;
        setParams();
        request(PREPARE, 0);
        assertThat(interrupts).containsExactly(0, 1);
        assertThat(rig.usedIdx(CONTROL)).isEqualTo(2);
    }

    @Test
    @DisplayName("to START comes at once, since messages follow; to one that is refused it does not")
    void toStartComesAtOnce() {
        rig.leadNanos = LEAD;
        rig.control(START, 0);
        assertThat(rig.usedIdx(CONTROL)).as("not prepared").isZero();
        rig.thread.advance(LEAD);
        setParams();
        rig.thread.advance(LEAD);
        request(PREPARE, 0);
        rig.thread.advance(LEAD);
        request(START, 0);
        assertThat(rig.usedIdx(CONTROL)).isEqualTo(4);
        assertThat(interrupts).containsExactly(0, 1, 2, 4);
        request(STOP, 0);
        assertThat(rig.usedIdx(CONTROL)).isEqualTo(4);
    }

    @Test
    @DisplayName("waits as long as its interrupt is seen on its way, and 30 ms more")
    void waitsForItsInterrupt() {
        rig.leadNanos = LEAD;
        rig.underway = true;
        setParams();
        rig.thread.advance(100 * MILLI);
        rig.underway = false;
        rig.thread.advance(LEAD - 1);
        assertThat(rig.usedIdx(CONTROL)).isZero();
        rig.thread.advance(6 * MILLI);
        assertThat(rig.usedIdx(CONTROL)).isEqualTo(1);
    }

    @Test
    @DisplayName("comes after half a second to a driver that takes no interrupt")
    void doesNotWaitForEver() {
        rig.leadNanos = LEAD;
        rig.underway = true;
        setParams();
        rig.thread.advance(500 * MILLI - 1);
        assertThat(rig.usedIdx(CONTROL)).isZero();
        rig.thread.advance(1);
        assertThat(rig.usedIdx(CONTROL)).isEqualTo(1);
    }

    @Test
    @DisplayName("comes in turn, if the driver sends requests without waiting")
    void comeInTurn() {
        rig.leadNanos = LEAD;
        setParams();
        rig.thread.advance(10 * MILLI);
        request(PREPARE, 0);
        rig.thread.advance(LEAD);
        assertThat(rig.usedIdx(CONTROL)).isEqualTo(2);
        assertThat(rig.fault).isEmpty();
    }

    @Test
    @DisplayName("does not come any more after a reset of the device or of its queue")
    void isForgottenAtAReset() {
        rig.leadNanos = LEAD;
        setParams();
        rig.device.queueReset(CONTROL);
        rig.thread.advance(LEAD);
        assertThat(rig.usedIdx(CONTROL)).isZero();
        request(PREPARE, 0);
        rig.device.reset();
        rig.thread.advance(LEAD);
        assertThat(rig.usedIdx(CONTROL)).isZero();
    }
}
