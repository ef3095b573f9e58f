// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_IO_ERR;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.TimeBase;

class CaptureStreamTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD = 480;
    private static final int PERIOD_BYTES = PERIOD * Rig.FRAME;

    private static Rig recording(int periods) {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        rig.prepare(1, periods * PERIOD, PERIOD);
        return rig;
    }

    private static byte[] counter(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    @Test
    @DisplayName("SND-76, SND-77: a message is done when it is full, by the clock; used.len counts data and status")
    void messagesAreDoneWhenFull() {
        Rig rig = recording(4);
        long first = rig.record(1, PERIOD_BYTES);
        long second = rig.record(2, PERIOD_BYTES);
        rig.start(1);
        rig.thread.advance(10 * MS - 1);
        assertThat(rig.doneTags()).isEmpty();
        rig.thread.advance(1);
        assertThat(rig.doneTags()).containsExactly(1);
        rig.thread.advance(10 * MS);
        assertThat(rig.doneTags()).containsExactly(1, 2);
        assertThat(rig.done(1).usedBytes()).isEqualTo(PERIOD_BYTES + 8);
        assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done(1).latencyBytes()).isEqualTo(5 * Rig.FRAME); // the source's own
        assertThat(rig.bytes(first, PERIOD_BYTES)).isEqualTo(counter(0, PERIOD_BYTES));
        assertThat(rig.bytes(second, PERIOD_BYTES)).isEqualTo(counter(PERIOD_BYTES, PERIOD_BYTES));
    }

    @Test
    @DisplayName("a guest that stands still is left one message: Linux takes a whole buffer done at once for none")
    void lastMessageWaitsForADriverThatStandsStill() {
        Rig rig = recording(2);
        rig.useEventIdx();
        rig.record(1, PERIOD_BYTES);
        rig.record(2, PERIOD_BYTES);
        rig.start(1);
        rig.asleep = true;
        rig.thread.advance(5000 * MS);
        rig.wakeUp();
        assertThat(rig.doneTags()).containsExactly(1);
        rig.record(3, PERIOD_BYTES);
        assertThat(rig.doneTags()).as("3 shows that it has looked").containsExactly(1, 2);
        rig.thread.advance(90 * MS);
        assertThat(rig.doneTags()).as("not at once: it must look again").containsExactly(1, 2, 3);
        assertThat(rig.done(3).latencyBytes()).as("nothing stays late").isEqualTo(5L * Rig.FRAME);
        assertThat(rig.device.statistics().get(1).xruns()).isEqualTo(1);
    }

    @Test
    @DisplayName("by the device's clock a quiet stretch is exact to the nanosecond, whatever trouble was before it")
    void aQuietStretchIsExactAfterAnyTrouble() {
        Random random = new Random(12);
        Rig rig = recording(4);
        rig.useEventIdx();
        rig.start(1);
        for (int tag = 0; tag < 4; tag++) {
            rig.record(tag, PERIOD_BYTES);
        }
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 10; i++) { // the guest, the device's thread or both are away
                rig.asleep = random.nextBoolean();
                if (random.nextBoolean()) {
                    rig.thread.stall(random.nextLong(300 * MS));
                }
                rig.thread.advance(random.nextLong(100 * MS));
                rig.wakeUp();
                sendAgain(rig);
            }
            for (int i = 0; i < 1000; i++) { // it finds its way back
                rig.thread.advance(MS);
                sendAgain(rig);
            }
            long last = 0;
            for (int i = 0; i < 95_000; i++) {
                rig.thread.advance(MS);
                for (Rig.Done done : List.copyOf(rig.done)) {
                    assertThat(last == 0 ? 10 * MS : done.nanos() - last).isEqualTo(10 * MS);
                    last = done.nanos();
                }
                sendAgain(rig);
            }
        }
    }

    private static void sendAgain(Rig rig) {
        int back = rig.done.size();
        rig.done.clear();
        for (int tag = 0; tag < back; tag++) {
            rig.record(tag, PERIOD_BYTES);
        }
    }

    @Test
    void aLateDriverFindsItsBacklogUpToItsBuffer() {
        Rig rig = recording(4);
        rig.start(1);
        rig.thread.advance(35 * MS);
        long at = rig.record(1, PERIOD_BYTES);
        assertThat(rig.done(1).latencyBytes()).isEqualTo((3 * PERIOD - PERIOD / 2 + 5) * (long) Rig.FRAME);
        assertThat(rig.bytes(at, PERIOD_BYTES)).isEqualTo(counter(0, PERIOD_BYTES));
        assertThat(rig.device.statistics().get(1).xruns()).isZero();
    }

    @Test
    @DisplayName("after an overflow the next message gets the newest period and the ring restarts empty")
    void overflowGivesTheNewestPeriod() {
        Rig rig = recording(4);
        rig.start(1);
        rig.thread.advance(5000 * MS);
        long at = rig.record(1, PERIOD_BYTES);
        assertThat(rig.done(1).latencyBytes()).isEqualTo(5 * Rig.FRAME);
        assertThat(rig.bytes(at, PERIOD_BYTES)).isEqualTo(counter((240_000 - PERIOD) * Rig.FRAME, PERIOD_BYTES));
        long asked = rig.thread.nowNanos;
        rig.record(2, PERIOD_BYTES);
        rig.thread.advance(20 * MS);
        assertThat(rig.done(2).nanos() - asked).isEqualTo(10 * MS);
        assertThat(rig.device.statistics().get(1).xruns()).isEqualTo(1);
    }

    @Test
    @DisplayName("SND-77: at RELEASE the message in work has what was recorded, the others nothing")
    void releaseGivesWhatThereIs() {
        Rig rig = recording(4);
        long first = rig.record(1, PERIOD_BYTES);
        rig.record(2, PERIOD_BYTES);
        rig.start(1);
        rig.thread.advance(5 * MS);
        rig.stop(1);
        rig.thread.advance(1000 * MS);
        rig.release(1);
        assertThat(rig.done(1).usedBytes()).isEqualTo(8 + 240 * Rig.FRAME);
        assertThat(rig.done(2).usedBytes()).isEqualTo(8);
        assertThat(rig.bytes(first, 240 * Rig.FRAME)).isEqualTo(counter(0, 240 * Rig.FRAME));
        assertThat(rig.backend.calls).containsSubsequence("start source", "pause source", "close source");
    }

    @Test
    void pauseStopsTheClock() {
        Rig rig = recording(4);
        rig.record(1, PERIOD_BYTES);
        rig.start(1);
        rig.thread.advance(4 * MS);
        rig.stop(1);
        rig.thread.advance(1000 * MS);
        rig.start(1);
        long start = rig.thread.nowNanos;
        rig.thread.advance(20 * MS);
        assertThat(rig.done(1).nanos() - start).isEqualTo(6 * MS);
    }

    @Test
    @DisplayName("SND-58: the host is asked for a microphone at PREPARE, and never with capture off")
    void captureOffKeepsTheMicrophoneClosed() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO, false, TimeBase.WALL);
        rig.prepare(1, 4 * PERIOD, PERIOD);
        long at = rig.record(1, PERIOD_BYTES);
        rig.start(1);
        rig.thread.advance(10 * MS);
        assertThat(rig.backend.calls).isEmpty();
        assertThat(rig.bytes(at, PERIOD_BYTES)).isEqualTo(new byte[PERIOD_BYTES]);
        assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_OK);
    }

    @Test
    @DisplayName("SND-78: record messages with too little room are answered as far as they can be")
    void shortMessagesAreErrors() {
        Rig rig = recording(4);
        rig.start(1);
        for (int room = 0; room <= 16; room++) {
            rig.submit(3, room, new byte[] {1, 0, 0, 0}, room);
            rig.kick(3);
        }
        rig.thread.advance(50 * MS);
        assertThat(rig.doneTags()).hasSize(17);
        for (int room = 0; room < 8; room++) {
            assertThat(rig.done(room).usedBytes()).isZero();
        }
        assertThat(rig.done(8).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done(9).usedBytes())
                .as("a part of a frame: see SplitFramesTest")
                .isEqualTo(9);
        assertThat(rig.done(12).usedBytes()).isEqualTo(12);
        assertThat(rig.done(16).usedBytes()).isEqualTo(16);
    }

    @Test
    @DisplayName("SND-71, SND-78: a message for no stream or one of the other direction is an I/O error")
    void wrongStreamsAreErrors() {
        Rig rig = recording(4);
        for (int stream : new int[] {0, 2, 255}) {
            rig.submit(3, stream, new byte[] {(byte) stream, 0, 0, (byte) 0x80}, 64);
            rig.submit(3, stream + 1000, new byte[] {(byte) stream, 0, 0, 0}, 64);
            rig.kick(3);
            assertThat(rig.done(stream).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
            assertThat(rig.done(stream + 1000).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
        }
        rig.submit(3, 77, new byte[] {1, 0, 0, 0, 9}, 64); // readable data in rx
        rig.kick(3);
        assertThat(rig.done(77).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
    }
}
