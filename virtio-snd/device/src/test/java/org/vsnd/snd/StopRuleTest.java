// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_IO_ERR;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("STOP with messages pending")
class StopRuleTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD = 480;
    private static final int PERIOD_BYTES = PERIOD * Rig.FRAME;

    private static Rig playing(StopRule rule, int messages) {
        Rig rig = new Rig(rule, false);
        rig.prepare(0, 4 * PERIOD, PERIOD);
        for (int i = 1; i <= messages; i++) {
            rig.play(i, PERIOD_BYTES);
        }
        rig.start(0);
        return rig;
    }

    private static Rig recording(StopRule rule) {
        Rig rig = new Rig(rule, false);
        rig.prepare(1, 4 * PERIOD, PERIOD);
        rig.start(1);
        return rig;
    }

    @Test
    @DisplayName("gives all back with stop=all, consumed, before it is answered, and they play out (SND-73)")
    void allIsPlayedOut() {
        Rig rig = playing(StopRule.ALL, 4);
        rig.thread.advance(13 * MS);
        assertThat(rig.doneTags()).containsExactly(1);
        rig.stop(0);
        assertThat(rig.done.get(rig.done.size() - 1).tag()).isEqualTo(Integer.MAX_VALUE);
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);
        for (int tag = 2; tag <= 4; tag++) {
            assertThat(rig.done(tag).status()).isEqualTo(VIRTIO_SND_S_OK);
            // What is not heard of what has been given back: 20 ms, and the rest of the messages up to this one.
            assertThat(rig.done(tag).latencyBytes()).isEqualTo((960L + (long) tag * PERIOD - 13 * 48) * Rig.FRAME);
        }
        assertThat(rig.backend.played.toByteArray()).isEqualTo(periods(1, 4));
        assertThat(rig.backend.calls).endsWith("drain sink").doesNotContain("pause sink");
        assertThat(rig.device.statistics().get(0).messages()).isEqualTo(4);
    }

    @Test
    @DisplayName("is followed by a START that goes on without a seam while they play out, or at once afterwards")
    void goesOnAfterwards() {
        for (int pauseMillis : new int[] {5, 500}) {
            Rig rig = playing(StopRule.ALL, 4);
            long start = rig.thread.nowNanos;
            rig.thread.advance(13 * MS);
            rig.stop(0);
            rig.thread.advance(pauseMillis * MS);
            rig.play(5, PERIOD_BYTES);
            rig.play(6, PERIOD_BYTES);
            long startedAgain = rig.thread.nowNanos;
            rig.start(0);
            rig.thread.advance(100 * MS);
            long begun = Math.max(start + 40 * MS, startedAgain);
            assertThat(rig.done(5).nanos()).isEqualTo(begun + 10 * MS);
            assertThat(rig.done(6).nanos()).isEqualTo(begun + 20 * MS);
            assertThat(rig.backend.played.toByteArray()).isEqualTo(periods(1, 6));
        }
    }

    @Test
    @DisplayName("gives back unplayed with stop=all what is more than the sink is there for")
    void moreThanTheSinkHolds() {
        Rig rig = playing(StopRule.ALL, 60); // 600 ms, and the sink takes half a second at once
        rig.stop(0);
        assertThat(rig.doneTags()).hasSize(60);
        assertThat(rig.done.stream().filter(done -> done.status() == VIRTIO_SND_S_IO_ERR))
                .hasSize(10);
        assertThat(rig.done(50).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done(51).latencyBytes()).isZero();
        assertThat(rig.backend.played.toByteArray()).isEqualTo(periods(1, 50));
    }

    @Test
    @DisplayName("gives back what was to be played with neither stop=keep nor stop=inputs (SND-53)")
    void keepsWhatIsToBePlayed() {
        for (StopRule rule : new StopRule[] {StopRule.KEEP, StopRule.INPUTS}) {
            Rig rig = playing(rule, 4);
            rig.thread.advance(13 * MS);
            rig.stop(0);
            rig.thread.advance(500 * MS);
            assertThat(rig.doneTags()).containsExactly(1);
            rig.start(0);
            rig.thread.advance(7 * MS);
            assertThat(rig.doneTags()).containsExactly(1, 2);
        }
    }

    @Test
    @DisplayName("gives recording messages back with stop=inputs and stop=all, the first with what there is (SND-77)")
    void recordingsComeBack() {
        for (StopRule rule : new StopRule[] {StopRule.INPUTS, StopRule.ALL}) {
            Rig rig = recording(rule);
            long first = rig.record(1, PERIOD_BYTES);
            rig.record(2, PERIOD_BYTES);
            rig.thread.advance(4 * MS);
            rig.stop(1);
            assertThat(rig.doneTags()).containsExactly(1, 2);
            assertThat(rig.done.get(rig.done.size() - 1).tag()).isEqualTo(Integer.MAX_VALUE);
            assertThat(rig.done(1).usedBytes()).isEqualTo(4 * 48 * Rig.FRAME + 8);
            assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_OK);
            assertThat(rig.done(2).usedBytes()).isEqualTo(8);
            assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_OK);
            byte[] data = rig.bytes(first, PERIOD_BYTES);
            for (int i = 0; i < 4 * 48 * Rig.FRAME; i++) {
                assertThat(data[i]).isEqualTo((byte) i);
            }
            // The next recording goes on with the next frame.
            long second = rig.record(3, PERIOD_BYTES);
            rig.thread.advance(300 * MS);
            rig.start(1);
            rig.thread.advance(10 * MS);
            assertThat(rig.done(3).usedBytes()).isEqualTo(PERIOD_BYTES + 8);
            assertThat(rig.bytes(second, 1)[0]).isEqualTo((byte) (4 * 48 * Rig.FRAME));
        }
    }

    @Test
    @DisplayName("gives back what was sent before STOP, though its notification comes later")
    void offeredAndNotAnnounced() {
        for (StopRule rule : new StopRule[] {StopRule.INPUTS, StopRule.ALL}) {
            Rig rig = recording(rule);
            rig.submit(3, 1, new byte[] {1, 0, 0, 0}, PERIOD_BYTES + 8);
            rig.stop(1);
            assertThat(rig.doneTags()).containsExactly(1);
            assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_OK);
        }
        Rig rig = playing(StopRule.ALL, 1);
        byte[] message = new byte[4 + PERIOD_BYTES];
        Arrays.fill(message, 4, message.length, (byte) 2);
        rig.submit(2, 2, message, 8);
        rig.stop(0);
        assertThat(rig.doneTags()).containsExactly(1, 2);
        assertThat(rig.backend.played.toByteArray()).isEqualTo(periods(1, 2));
    }

    @Test
    @DisplayName("keeps recording messages with stop=keep")
    void recordingsStay() {
        Rig rig = recording(StopRule.KEEP);
        rig.record(1, PERIOD_BYTES);
        rig.thread.advance(4 * MS);
        rig.stop(1);
        rig.thread.advance(500 * MS);
        assertThat(rig.doneTags()).isEmpty();
        rig.start(1);
        rig.thread.advance(6 * MS);
        assertThat(rig.done(1).usedBytes()).isEqualTo(PERIOD_BYTES + 8);
    }

    @Test
    @DisplayName("a short recording has its status where the standard wants it, and where Windows looks (SND-70)")
    void shortStatusTwice() {
        for (boolean strict : new boolean[] {false, true}) {
            Rig rig = new Rig(StopRule.INPUTS, strict);
            rig.prepare(1, 4 * PERIOD, PERIOD);
            rig.start(1);
            long at = rig.record(1, PERIOD_BYTES);
            rig.thread.advance(4 * MS);
            rig.stop(1);
            int data = 4 * 48 * Rig.FRAME;
            byte[] ok = {0, (byte) 0x80, 0, 0};
            assertThat(rig.bytes(at + PERIOD_BYTES, 4)).isEqualTo(ok);
            assertThat(Arrays.equals(rig.bytes(at + data, 4), ok)).isEqualTo(!strict);
            assertThat(rig.bytes(at + data + 8, 4)).isEqualTo(new byte[4]);
        }
    }

    @Test
    @DisplayName("a recording that is short by less than a status has it only where the standard wants it")
    void noRoomForTwo() {
        Rig rig = recording(StopRule.INPUTS);
        long at = rig.record(1, PERIOD_BYTES);
        rig.thread.advance(10 * MS - 20_000); // one frame is missing
        rig.stop(1);
        assertThat(rig.done(1).usedBytes()).isEqualTo(PERIOD_BYTES - 4 + 8);
        assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.bytes(at + PERIOD_BYTES - 4, 4)).isEqualTo(new byte[4]);
    }

    @Test
    @DisplayName("a stopped stream that is set or prepared is released first: messages come back (SND-54, SND-56)")
    void releasedFirst() {
        for (int code : new int[] {0x101, 0x102}) {
            try (FaultLines log = new FaultLines()) {
                Rig rig = playing(StopRule.KEEP, 3);
                rig.thread.advance(13 * MS);
                rig.stop(0);
                rig.submit(2, 4, new byte[4 + PERIOD_BYTES], 8); // offered, not announced
                int status = code == 0x101 ? rig.setParams(0, 4096, 1024) : rig.control(code, 0);
                assertThat(status).isEqualTo(VIRTIO_SND_S_OK);
                assertThat(rig.done.get(rig.done.size() - 1).tag()).isEqualTo(Integer.MAX_VALUE);
                assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);
                assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
                assertThat(log.lines()).hasSize(1);
                assertThat(log.lines().get(0)).endsWith("it should send RELEASE before");
            }
        }
    }

    @Test
    @DisplayName("a stopped stream stays as it is when its new parameters are refused (SND-43)")
    void staysStoppedWhenRefused() {
        Rig rig = playing(StopRule.KEEP, 3);
        rig.thread.advance(13 * MS);
        rig.stop(0);
        assertThat(rig.setParams(0, 4096, 1000)).isNotEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.doneTags()).containsExactly(1);
        rig.start(0);
        rig.thread.advance(7 * MS);
        assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_OK);
    }

    @Test
    @DisplayName("a stream that is released twice is released, and the log says so once")
    void releasedTwice() {
        try (FaultLines log = new FaultLines()) {
            Rig rig = playing(StopRule.KEEP, 0);
            rig.stop(0);
            rig.release(0);
            rig.release(0);
            rig.release(0);
            assertThat(log.lines()).hasSize(1);
        }
    }

    private static byte[] periods(int from, int to) {
        byte[] bytes = new byte[(to - from + 1) * PERIOD_BYTES];
        for (int tag = from; tag <= to; tag++) {
            Arrays.fill(bytes, (tag - from) * PERIOD_BYTES, (tag - from + 1) * PERIOD_BYTES, (byte) tag);
        }
        return bytes;
    }
}
