// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_BAD_MSG;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_IO_ERR;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A driver whose stream takes no messages (SND-80)")
class RefusedMessagesTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD_BYTES = 480 * Rig.FRAME;
    private static final int PREPARE = 0x102;
    private static final int RELEASE = 0x103;
    private static final int START = 0x104;
    private static final int AT_ONCE = RefusedMessages.AT_ONCE;

    private final Rig rig = new Rig(StopRule.KEEP, false);

    /** Sends messages until a few wait, and forgets those that came back at once. */
    private void waiting(int count) {
        for (int i = 0; i < AT_ONCE; i++) {
            rig.play(0, PERIOD_BYTES);
        }
        assertThat(rig.doneTags()).hasSize(AT_ONCE);
        rig.done.clear();
        for (int i = 1; i <= count; i++) {
            rig.play(i, PERIOD_BYTES);
        }
        assertThat(rig.doneTags()).isEmpty();
    }

    @Test
    @DisplayName("and that sends the next one whenever it has one back is answered at the pace of S16 stereo at 48 kHz")
    void answeredAtThePace() {
        waiting(2);
        long start = rig.thread.nowNanos;
        for (int i = 1; i <= 100; i++) {
            rig.thread.advance(start + i * 10L * MS - rig.thread.nowNanos - 1);
            assertThat(rig.doneTags()).isEmpty();
            rig.thread.advance(1);
            assertThat(rig.doneTags()).containsExactly(i);
            assertThat(rig.done(i).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
            rig.done.clear();
            rig.play(i + 2, PERIOD_BYTES);
        }
    }

    @Test
    @DisplayName("is answered at the pace of its latest parameters, if it has set some")
    void answeredAtThePaceOfItsParameters() {
        rig.control(0x101, 0, 8192, 1024, 0, 0x0007_0501); // mono
        waiting(1);
        rig.thread.advance(20 * MS - 1);
        assertThat(rig.doneTags()).isEmpty();
        rig.thread.advance(1);
        assertThat(rig.doneTags()).containsExactly(1);
    }

    @Test
    @DisplayName("waits for no longer than a second, and an empty message is not for nothing")
    void boundsOfTheWait() {
        waiting(0);
        rig.play(1, 1 << 20);
        rig.play(2, 0);
        rig.thread.advance(1000 * MS);
        assertThat(rig.doneTags()).containsExactly(1);
        rig.thread.advance(1 * MS);
        assertThat(rig.doneTags()).containsExactly(1, 2);
    }

    @Test
    @DisplayName("and that was quiet for a second is answered at once again")
    void forgivenAfterASecond() {
        waiting(1);
        rig.thread.advance(1011 * MS);
        rig.play(2, PERIOD_BYTES);
        assertThat(rig.doneTags()).containsExactly(1, 2);
    }

    @Test
    @DisplayName("does not hold up the other stream")
    void othersDoNotWait() {
        waiting(3);
        rig.prepare(1, 4 * 480, 480);
        rig.record(10, PERIOD_BYTES);
        rig.start(1);
        rig.thread.advance(10 * MS);
        assertThat(rig.doneTags()).contains(10);
        assertThat(rig.done(10).status()).isEqualTo(VIRTIO_SND_S_OK);
    }

    @ParameterizedTest
    @ValueSource(ints = {PREPARE, RELEASE, START, 0x105})
    @DisplayName("has back what waits before any request for the stream is answered, done or refused (SND-55)")
    void requestsGiveBack(int code) {
        waiting(3);
        assertThat(rig.control(code, 0)).isEqualTo(VIRTIO_SND_S_BAD_MSG); // nothing is set yet
        assertThat(rig.done.stream().map(Rig.Done::tag)).containsExactly(1, 2, 3, Integer.MAX_VALUE);
    }

    @Test
    @DisplayName("has it back before SET_PARAMS and RELEASE are answered, those that were not announced as well")
    void setParamsAndReleaseGiveBack() {
        waiting(1);
        rig.prepare(0, 4 * 480, 480);
        assertThat(rig.doneTags()).containsExactly(1);
        rig.play(2, PERIOD_BYTES);
        rig.start(0);
        rig.thread.advance(10 * MS);
        assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_OK);
        rig.stop(0);
        rig.release(0);
        rig.done.clear();
        waiting(2);
        rig.submit(2, 3, new byte[4 + PERIOD_BYTES], 8);
        rig.release(0);
        assertThat(rig.done.stream().map(Rig.Done::tag)).containsExactly(1, 2, 3, Integer.MAX_VALUE);
    }

    @Test
    @DisplayName("has nothing back after a reset of the device, or of the queue")
    void resetsForget() {
        waiting(3);
        rig.device.queueReset(2);
        rig.thread.advance(100 * MS);
        assertThat(rig.doneTags()).isEmpty();
        rig.play(4, PERIOD_BYTES);
        rig.device.reset();
        rig.thread.advance(1000 * MS);
        assertThat(rig.doneTags()).isEmpty();
    }

    @Test
    @DisplayName("is answered at once, always, with strict=on")
    void strict() {
        Rig strict = new Rig(StopRule.KEEP, true);
        for (int i = 0; i < 50; i++) {
            strict.play(i, PERIOD_BYTES);
        }
        assertThat(strict.doneTags()).hasSize(50);
    }

    @Test
    @DisplayName("is told so, once")
    void said() {
        try (FaultLines log = new FaultLines()) {
            waiting(5);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().get(0)).endsWith("it should have PREPARE answered OK first");
        }
    }
}
