// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_IO_ERR;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.PositionReports;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtqueueException;

class PlaybackStreamTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD = 1024;
    private static final int PERIOD_BYTES = PERIOD * Rig.FRAME;
    private static final int HAIKU = 16384;
    private static final int HAIKU_BYTES = HAIKU * Rig.FRAME;

    /** When the clock shows a frame: rounded up, at 48 kHz. */
    private static long nanosOf(long frames) {
        return -Math.floorDiv(-frames * 1_000_000_000L, 48000);
    }

    private static Rig linux(CompletionPolicy completion) {
        Rig rig = new Rig(completion, ExchangeRule.AUTO);
        rig.prepare(0, 4 * PERIOD, PERIOD);
        return rig;
    }

    private static void queue(Rig rig, int... tags) {
        for (int tag : tags) {
            rig.play(tag, PERIOD_BYTES);
        }
    }

    @Test
    @DisplayName(
            "SND-52, SND-73, SND-74: nothing is done before START; then each message when its last frame is consumed")
    void messagesAreDoneAtThePaceOfTheClock() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3, 4);
        rig.thread.advance(500 * MS);
        assertThat(rig.doneTags()).isEmpty();
        long start = rig.thread.nowNanos;
        rig.start(0);
        rig.thread.advance(nanosOf(4 * PERIOD));
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);
        for (int tag = 1; tag <= 4; tag++) {
            Rig.Done done = rig.done(tag);
            assertThat(done.nanos() - start).isEqualTo(nanosOf((long) tag * PERIOD));
            assertThat(done.status()).isEqualTo(VIRTIO_SND_S_OK);
            assertThat(done.usedBytes()).isEqualTo(8); // SND-77
            assertThat(done.latencyBytes()).isEqualTo(960 * Rig.FRAME); // SND-72: the target, 20 ms
        }
    }

    @Test
    void playedMessagesAreDoneWhenTheyWereHeardAndCopiedOnesWhenTheyWereTaken() {
        for (CompletionPolicy policy : List.of(CompletionPolicy.PLAYED, CompletionPolicy.COPIED)) {
            Rig rig = linux(policy);
            queue(rig, 1, 2, 3, 4);
            long start = rig.thread.nowNanos;
            rig.start(0);
            rig.thread.advance(nanosOf(4 * PERIOD + 960));
            boolean played = policy == CompletionPolicy.PLAYED;
            for (int tag = 1; tag <= 4; tag++) {
                long frame = played ? (long) tag * PERIOD + 960 : (long) (tag - 1) * PERIOD;
                assertThat(rig.done(tag).nanos() - start).isEqualTo(nanosOf(frame));
                assertThat(rig.done(tag).latencyBytes()).isEqualTo(played ? 0 : (PERIOD + 960L) * Rig.FRAME);
            }
        }
    }

    @Test
    @DisplayName("a day of periods that are no whole number of nanoseconds does not drift by one")
    void doesNotDrift() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3, 4);
        long start = rig.thread.nowNanos;
        rig.start(0);
        rig.done.clear();
        long periods = 100_000;
        for (int period = 0; period < periods; period++) {
            rig.thread.advance(start + nanosOf((period + 1L) * PERIOD) - rig.thread.nowNanos);
            assertThat(rig.done).hasSize(1);
            assertThat(rig.done.get(0).nanos()).isEqualTo(start + nanosOf((period + 1L) * PERIOD));
            rig.done.clear();
            rig.play(5, PERIOD_BYTES);
        }
        assertThat(rig.device.statistics().get(0).xruns()).isZero();
        assertThat(rig.device.statistics().get(0).frames()).isEqualTo(periods * PERIOD);
        assertThat(rig.device.statistics().get(0).completionErrors().maxNanos()).isZero();
    }

    @Test
    @DisplayName("a guest that stands still is left one message: Linux takes a whole buffer done at once for none")
    void lastMessageWaitsForADriverThatStandsStill() {
        Rig rig = linux(CompletionPolicy.PACED);
        rig.useEventIdx();
        queue(rig, 1, 2, 3, 4);
        rig.start(0);
        rig.asleep = true;
        rig.thread.advance(5000 * MS);
        rig.wakeUp();
        assertThat(rig.doneTags()).containsExactly(1, 2, 3);

        rig.thread.advance(500 * MS); // what the interrupt woke may run this much later
        assertThat(rig.doneTags()).containsExactly(1, 2, 3);
        rig.thread.advance(5 * MS);
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);
        assertThat(rig.done(4).latencyBytes()).as("as when it was due").isEqualTo(960 * Rig.FRAME);
        assertThat(rig.device.statistics().get(0).xruns()).isEqualTo(1);
        assertThat(rig.device.statistics().get(0).completionErrors().maxNanos()).isZero();
    }

    @Test
    void playingGoesOnAtPaceAfterTheGuestStoodStill() {
        Rig rig = linux(CompletionPolicy.PACED);
        rig.useEventIdx();
        queue(rig, 1, 2, 3, 4);
        rig.start(0);
        rig.asleep = true;
        rig.thread.advance(5000 * MS);
        rig.wakeUp();
        long again = rig.thread.nowNanos;
        queue(rig, 5, 6, 7);
        rig.wakeUp();
        assertThat(rig.doneTags()).as("5 shows that it has looked").containsExactly(1, 2, 3, 4);
        rig.thread.advance(nanosOf(PERIOD));
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4, 5);
        rig.thread.advance(2 * nanosOf(2 * PERIOD));
        assertThat(rig.done(5).nanos() - again).isEqualTo(nanosOf(PERIOD));
        assertThat(rig.done(6).nanos() - again).isEqualTo(nanosOf(2 * PERIOD));
        assertThat(rig.done(7).nanos() - again)
                .as("the last one, which may be one too many")
                .isEqualTo(75 * MS);
        assertThat(rig.done(7).latencyBytes()).isEqualTo(960 * Rig.FRAME);
    }

    @Test
    void aDriverThatHasNoMoreToPlayGetsItsLastMessageSoonAfterItStood() {
        Rig rig = linux(CompletionPolicy.PACED);
        rig.useEventIdx();
        queue(rig, 1, 2, 3, 4);
        rig.start(0);
        rig.asleep = true;
        rig.thread.advance(nanosOf(4 * PERIOD) + 4 * MS);
        rig.wakeUp();
        rig.thread.advance(499 * MS);
        assertThat(rig.doneTags()).as("it may have been stopped again at once").containsExactly(1, 2, 3);
        rig.thread.advance(6 * MS);
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void whatWaitsForTheDriverIsReturnedAtStopAndForgottenAtReset() {
        Rig rig = linux(CompletionPolicy.PACED);
        rig.useEventIdx();
        queue(rig, 1, 2, 3, 4);
        rig.start(0);
        rig.asleep = true;
        rig.thread.advance(5000 * MS);
        rig.stop(0);
        rig.wakeUp();
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);

        Rig reset = linux(CompletionPolicy.PACED);
        reset.useEventIdx();
        queue(reset, 1, 2, 3, 4);
        reset.start(0);
        reset.asleep = true;
        reset.thread.advance(5000 * MS);
        reset.device.reset();
        reset.wakeUp();
        reset.thread.advance(5000 * MS);
        assertThat(reset.doneTags()).containsExactly(1, 2, 3);
    }

    @Test
    @DisplayName("SND-79: data is read when it is needed, not when it is offered")
    void dataIsReadLate() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2);
        long second = rig.lastReadable(2) + 4;
        rig.start(0);
        rig.thread.advance(10 * MS);
        rig.put(second, new byte[] {9, 9, 9, 9});
        rig.thread.advance(40 * MS);
        byte[] played = rig.backend.played.toByteArray();
        assertThat(Arrays.copyOfRange(played, PERIOD_BYTES, PERIOD_BYTES + 5)).containsExactly(9, 9, 9, 9, 2);
    }

    @Test
    @DisplayName("SND-53: STOP with messages pending is a pause; START goes on with the same frame")
    void pauseKeepsWhatIsQueued() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3, 4);
        rig.start(0);
        rig.thread.advance(30 * MS); // message 2 is half consumed
        rig.stop(0);
        assertThat(rig.doneTags()).containsExactly(1);
        rig.thread.advance(5000 * MS);
        assertThat(rig.doneTags()).containsExactly(1);
        rig.start(0);
        long start = rig.thread.nowNanos;
        rig.thread.advance(60 * MS);
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);
        assertThat(rig.done(2).nanos() - start).isBetween(nanosOf(2 * PERIOD - 1441), nanosOf(2 * PERIOD - 1439));
        assertThat(rig.backend.played.size()).isEqualTo(4 * PERIOD_BYTES);
        assertThat(rig.backend.calls).contains("pause sink").doesNotContain("drain sink");
        assertThat(rig.device.statistics().get(0).xruns()).isZero();
    }

    @Test
    @DisplayName("SND-57: STOP with nothing pending is the end of the stream, no under-run, and plays out")
    void theEndOfTheStreamPlaysOut() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2);
        rig.start(0);
        rig.thread.advance(nanosOf(2 * PERIOD) + MS);
        rig.stop(0);
        rig.release(0);
        assertThat(rig.backend.calls).containsSubsequence("start sink", "drain sink", "close sink");
        assertThat(rig.device.statistics().get(0).xruns()).isZero();
        assertThat(rig.backend.played.size()).isEqualTo(2 * PERIOD_BYTES);
    }

    @Test
    @DisplayName("SND-54, SND-55: RELEASE gives every message back first, with an error, and then answers")
    void releaseReturnsPendingMessagesFirst() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3, 4);
        rig.start(0);
        rig.thread.advance(30 * MS);
        rig.stop(0);
        rig.submit(2, 5, new byte[4 + PERIOD_BYTES], 8); // SND-56: offered but not announced
        rig.release(0);
        assertThat(rig.done.get(rig.done.size() - 1).tag()).isEqualTo(Integer.MAX_VALUE);
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4, 5);
        assertThat(rig.done(3).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
        rig.play(6, PERIOD_BYTES); // SND-80
        assertThat(rig.done(6).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
        assertThat(rig.done(6).latencyBytes()).isZero();
    }

    @Test
    void aGuestThatIsTooLateHasOneXrunASilenceAndTheSameLatencyAgain() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2);
        rig.start(0);
        rig.thread.advance(1000 * MS);
        assertThat(rig.device.statistics().get(0).xruns()).isEqualTo(1);
        queue(rig, 3, 4);
        long resumed = rig.thread.nowNanos;
        rig.thread.advance(1000 * MS);
        assertThat(rig.done(3).nanos() - resumed).isEqualTo(nanosOf(PERIOD));
        assertThat(rig.done(4).nanos() - resumed).isEqualTo(nanosOf(2 * PERIOD));
        assertThat(rig.done(4).latencyBytes()).isEqualTo(960 * Rig.FRAME);
        // Dry since two periods and the target after START, heard again a target after it came: 48000 - 2048 frames.
        assertThat(rig.backend.calls).contains("gap " + (48000 - 2 * PERIOD));
        assertThat(rig.device.statistics().get(0).reanchorings()).isEqualTo(1);
    }

    @Test
    @DisplayName("a message that comes after the last completion but before silence is heard leaves no gap")
    void aLittleLateIsNoUnderrun() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2);
        long start = rig.thread.nowNanos;
        rig.start(0);
        rig.thread.advance(nanosOf(2 * PERIOD) + 15 * MS);
        rig.play(3, PERIOD_BYTES);
        rig.thread.advance(100 * MS);
        assertThat(rig.done(3).nanos() - start).isEqualTo(nanosOf(3 * PERIOD));
        assertThat(rig.backend.calls).noneMatch(call -> call.startsWith("gap"));
    }

    @Test
    void aStalledDeviceCatchesUpWithoutLosingItsPlace() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3, 4);
        long start = rig.thread.nowNanos;
        rig.start(0);
        rig.thread.stall(nanosOf(PERIOD) + 5 * MS);
        rig.thread.advance(100 * MS);
        assertThat(rig.done(1).latencyBytes()).isEqualTo((960 - 240) * Rig.FRAME); // 5 ms late, and says so
        assertThat(rig.done(4).nanos() - start).isEqualTo(nanosOf(4 * PERIOD));
        assertThat(rig.device.statistics().get(0).completionErrors().maxNanos()).isBetween(4 * MS, 6 * MS);
    }

    @Test
    void aDeviceThatWasAwayForLongerStartsAnewInsteadOfABurst() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3, 4);
        rig.start(0);
        rig.thread.stall(5000 * MS);
        long back = rig.thread.nowNanos;
        rig.thread.advance(100 * MS);
        assertThat(rig.done(1).nanos()).isEqualTo(back);
        assertThat(rig.done(2).nanos() - back).isEqualTo(nanosOf(PERIOD));
        assertThat(rig.done(4).nanos() - back).isEqualTo(nanosOf(3 * PERIOD));
    }

    @Test
    @DisplayName("SND-75: any length is taken; frames go on in the next message; an empty message is done in its turn")
    void oddLengthsAreTaken() {
        Rig rig = linux(CompletionPolicy.PACED);
        rig.play(1, PERIOD_BYTES + 4);
        rig.play(2, 0);
        rig.play(3, 1);
        rig.play(4, 8);
        long start = rig.thread.nowNanos;
        rig.start(0);
        rig.thread.advance(100 * MS);
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4);
        assertThat(rig.done(1).nanos() - start).isEqualTo(nanosOf(PERIOD + 1));
        assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done(3).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done(4).nanos() - start).isEqualTo(nanosOf(PERIOD + 3));
        assertThat(rig.backend.played.size()).isEqualTo(PERIOD_BYTES + 12);
    }

    @Test
    void aMessageOfManySecondsIsCopiedInSlices() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.MULTI);
        rig.prepare(0, 480_000, 240_000);
        rig.play(1, 240_000 * Rig.FRAME);
        long start = rig.thread.nowNanos;
        rig.start(0);
        assertThat(rig.backend.played.size()).isEqualTo(24_000 * Rig.FRAME);
        rig.thread.advance(5000 * MS);
        assertThat(rig.done(1).nanos() - start).isEqualTo(5000 * MS);
        assertThat(rig.backend.played.size()).isEqualTo(240_000 * Rig.FRAME);
    }

    @Test
    @DisplayName(
            "HAIKU.md section 7: one message in flight is done 40 ms before it is due, each a period after the last")
    void singleMessagesAreExactTicks() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        rig.prepare(0, HAIKU, HAIKU);
        rig.start(0);
        rig.thread.advance(7 * MS);
        long first = rig.thread.nowNanos;
        long expected = first + 80 * MS;
        for (int i = 0; i < 30; i++) {
            rig.play(i, HAIKU_BYTES);
            while (!rig.doneTags().contains(i)) {
                rig.thread.advance(MS / 4);
            }
            assertThat(rig.done(i).nanos()).isEqualTo(first + nanosOf(80 * 48 + (long) i * HAIKU));
            assertThat(rig.done(i).latencyBytes()).isEqualTo((HAIKU + 40 * 48 + 960L) * Rig.FRAME);
            expected += nanosOf(HAIKU);
            rig.thread.advance(new long[] {0, 2, 10, 35, 70}[i % 5] * MS);
        }
        assertThat(expected).isGreaterThan(first);
        assertThat(rig.device.statistics().get(0).xruns()).isZero();
        byte[] played = rig.backend.played.toByteArray();
        assertThat(played).hasSize(120 * 48 * Rig.FRAME + 30 * HAIKU_BYTES);
        for (int i = 0; i < 30; i++) {
            int at = 120 * 48 * Rig.FRAME + i * HAIKU_BYTES;
            assertThat(played[at]).isEqualTo((byte) i);
            assertThat(played[at + HAIKU_BYTES - 1]).isEqualTo((byte) i);
        }
    }

    @Test
    void aSingleMessageAfterAPauseIsPrimedAgain() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        rig.prepare(0, HAIKU, HAIKU);
        rig.start(0);
        rig.play(1, HAIKU_BYTES);
        rig.thread.advance(5000 * MS);
        assertThat(rig.device.statistics().get(0).xruns()).isEqualTo(1);
        rig.play(2, HAIKU_BYTES);
        long again = rig.thread.nowNanos;
        rig.thread.advance(200 * MS);
        assertThat(rig.done(2).nanos() - again).isEqualTo(80 * MS);
    }

    @Test
    void aDriverThatIsSeenToHaveOneMessageIsTreatedAsOne() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        rig.prepare(0, 2 * HAIKU, HAIKU);
        rig.start(0);
        for (int i = 1; i <= 5; i++) {
            rig.play(i, HAIKU_BYTES);
            rig.thread.advance(nanosOf(HAIKU) + MS);
        }
        assertThat(rig.doneTags()).containsExactly(1, 2, 3, 4, 5);
        assertThat(rig.done(5).nanos() - rig.done(4).nanos()).isEqualTo(nanosOf(5 * HAIKU) - nanosOf(4 * HAIKU));
    }

    @Test
    @DisplayName("SND-51: PREPARE and SET_PARAMS as often as the driver likes open one host stream")
    void prepareIsIdempotent() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        for (int i = 0; i < 1000; i++) {
            rig.prepare(0, 4 * PERIOD, PERIOD);
        }
        assertThat(rig.backend.calls).containsExactly("open output 0");
    }

    @Test
    @DisplayName("SND-43: after a failed SET_PARAMS the former parameters are in force")
    void failedParametersChangeNothing() {
        Rig rig = linux(CompletionPolicy.PACED);
        assertThat(rig.setParams(0, 100, 64)).isEqualTo(VirtioSnd.VIRTIO_SND_S_BAD_MSG);
        queue(rig, 1);
        long start = rig.thread.nowNanos;
        rig.start(0);
        rig.thread.advance(30 * MS);
        assertThat(rig.done(1).nanos() - start).isEqualTo(nanosOf(PERIOD));
    }

    @Test
    @DisplayName("PCI-09: after a reset no message is completed and the host's audio is let go")
    void resetForgetsEverything() {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3);
        rig.start(0);
        rig.thread.advance(5 * MS);
        rig.done.clear();
        rig.device.reset();
        rig.thread.advance(1000 * MS);
        assertThat(rig.done).isEmpty();
        assertThat(rig.backend.calls).endsWith("close sink");
        assertThat(rig.device.statistics().get(0).state()).isEqualTo(StreamState.INITIAL);
    }

    @Test
    void memoryThatIsNotThereIsAnErrorAndSilence() {
        Rig rig = linux(CompletionPolicy.PACED);
        rig.play(1, PERIOD_BYTES);
        rig.submitNowhere(2, 2, PERIOD_BYTES);
        rig.play(3, PERIOD_BYTES);
        rig.start(0);
        rig.thread.advance(70 * MS);
        assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
        assertThat(rig.done(3).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.backend.played.toByteArray()[PERIOD_BYTES + 7]).isZero();
        assertThat(rig.fault).isEmpty();
    }

    @Test
    void aUsedRingOutsideMemoryIsAFaultOfTheGuestEvenAtStop() throws VirtqueueException {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        QueueRegisters tx = rig.queues.get(2);
        rig.device.queueReset(2);
        tx.reset();
        tx.setDescAddress(0x10000);
        tx.setAvailAddress(0x12000);
        tx.setUsedAddress((64 << 20) - 4); // its elements are in no memory
        tx.enable();
        rig.prepare(0, 4 * PERIOD, PERIOD);
        queue(rig, 1);
        rig.start(0);
        rig.thread.stall(30 * MS);
        rig.stop(0);
        assertThat(rig.fault).contains("used ring");
        rig.thread.advance(MS);
        assertThat(rig.device.statistics().get(0).state()).isEqualTo(StreamState.INITIAL);
    }

    @Test
    void reportsFromBeforeTheClockWasPlacedDoNotCount() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.MULTI);
        rig.prepare(0, 48_000, 480);
        rig.play(1, 480 * Rig.FRAME);
        rig.start(0);
        rig.thread.advance(40 * MS);
        for (int i = 0; i < 50; i++) {
            rig.thread.advance(10 * MS);
            rig.backend.sinkReports.publish(PositionReports.Kind.POSITION, 480, rig.thread.nowNanos);
        }
        long resumed = rig.thread.nowNanos;
        for (int i = 2; i < 102; i++) {
            rig.play(i, 480 * Rig.FRAME);
        }
        rig.thread.advance(1100 * MS);
        assertThat(rig.done(101).nanos() - resumed).isEqualTo(1000 * MS);
    }

    /** Messages of 480 frames, kept coming; the host has heard this many frames less than the device's clock thinks. */
    private static void playAlong(Rig rig, int messages, long behindFrames, boolean reports) {
        for (int i = 0; i < messages; i++) {
            rig.play(1000, 480 * Rig.FRAME);
            rig.thread.advance(10 * MS);
            long heard = (rig.thread.nowNanos - rig.thread.startNanos) * 48 / 1_000_000 - 960 - behindFrames;
            if (reports && heard > 0) {
                rig.backend.sinkReports.publish(PositionReports.Kind.POSITION, heard, rig.thread.nowNanos);
            }
        }
    }

    private static Rig started480() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.MULTI);
        rig.prepare(0, 48_000, 480);
        for (int i = 0; i < 8; i++) {
            rig.play(1000, 480 * Rig.FRAME);
        }
        rig.start(0);
        rig.thread.startNanos = rig.thread.nowNanos;
        return rig;
    }

    @Test
    void aHostThatBeganLateIsFollowedFromItsFirstPosition() {
        Rig rig = started480();
        playAlong(rig, 3, 2400, false);
        assertThat(rig.doneTags()).hasSize(3);
        playAlong(rig, 100, 2400, true); // its first frame was heard 50 ms later than it might have been
        assertThat(rig.doneTags()).hasSizeBetween(97, 98);
        assertThat(rig.done.get(90).latencyBytes()).as("the target again").isEqualTo(960 * Rig.FRAME);
        assertThat(rig.device.statistics().get(0).xruns()).isZero();
    }

    @Test
    @DisplayName("Linux gives a stream up that does not move for 100 ms")
    void aHostThatBeganLateDoesNotKeepTheGuestWaiting() {
        Rig rig = started480();
        playAlong(rig, 3, 14_400, false);
        for (int i = 0; i < 200; i++) {
            int before = rig.doneTags().size();
            playAlong(rig, 2, 14_400, true); // 300 ms late, known once its first frame is heard
            assertThat(rig.doneTags().size()).as("in 20 ms").isGreaterThan(before);
        }
        long shouldNanos = rig.thread.nowNanos - rig.thread.startNanos - 300 * MS;
        assertThat(rig.doneTags().size() * (10 * MS)).isBetween(shouldNanos - 10 * MS, shouldNanos + 10 * MS);
        assertThat(rig.device.statistics().get(0).xruns()).isZero();
        assertThat(rig.done.get(300).latencyBytes()).isEqualTo(960 * Rig.FRAME);
    }

    @Test
    void afterAnXrunOnlyWhatCameBehindItTellsThePlace() {
        Rig rig = started480();
        playAlong(rig, 100, 0, true);
        long seam = rig.backend.played.size() / Rig.FRAME;
        rig.backend.sinkReports.publish(PositionReports.Kind.XRUN, seam, rig.thread.nowNanos);
        playAlong(rig, 2, 0, true); // from before the seam
        assertThat(rig.doneTags()).hasSize(102);
        playAlong(rig, 98, 960, true); // 20 ms of silence at the seam
        assertThat(rig.doneTags()).hasSize(198);
        assertThat(rig.done.get(190).latencyBytes()).isEqualTo(960 * Rig.FRAME);
    }

    @Test
    void positionsBeyondWhatWasWrittenAreNotBelieved() {
        Rig rig = started480();
        playAlong(rig, 100, 0, true);
        for (int i = 0; i < 20; i++) {
            rig.backend.sinkReports.publish(PositionReports.Kind.POSITION, 480_000, rig.thread.nowNanos + i);
        }
        playAlong(rig, 100, 0, true);
        assertThat(rig.doneTags()).hasSize(200);
    }

    @Test
    @DisplayName("a host that stands still, or says what cannot be, does not keep the guest waiting")
    void aHostThatStandsStillIsNotWaitedFor() {
        Rig rig = started480();
        playAlong(rig, 100, 0, true);
        long stuck = (rig.thread.nowNanos - rig.thread.startNanos) * 48 / 1_000_000 - 960;
        for (int i = 0; i < 500; i++) {
            rig.backend.sinkReports.publish(PositionReports.Kind.POSITION, stuck, rig.thread.nowNanos);
            playAlong(rig, 1, 0, false);
        }
        assertThat(rig.doneTags()).hasSizeBetween(599, 600);
        rig.backend.sinkReports.publish(PositionReports.Kind.XRUN, 0, rig.thread.nowNanos);
        playAlong(rig, 100, 480_00 * 3, true); // three seconds behind
        assertThat(rig.doneTags()).hasSizeBetween(699, 700);
    }

    @Test
    void aLostHostIsOneXrunAndTheStreamKeepsItsPace() {
        Rig rig = started480();
        playAlong(rig, 100, 0, true);
        rig.backend.sinkReports.publish(PositionReports.Kind.LOST, 0, rig.thread.nowNanos);
        playAlong(rig, 100, 0, false);
        assertThat(rig.doneTags()).hasSize(200);
        playAlong(rig, 100, 0, true);
        assertThat(rig.doneTags()).hasSize(300);
        assertThat(rig.device.statistics().get(0).xruns()).isEqualTo(1);
    }

    @Test
    void aHostThatRanDryIsFollowedWhereItGoesOnWithWhatItGrantsThen() {
        Rig rig = started480();
        playAlong(rig, 100, 0, true);
        rig.backend.sinkReports.publish(PositionReports.Kind.XRUN, 0, rig.thread.nowNanos);
        rig.backend.grantedFrames = 1440;
        playAlong(rig, 100, 480, true); // 10 ms of silence: as much as is granted more, so nothing moves
        assertThat(rig.doneTags()).hasSize(200);
        assertThat(rig.done.get(199).latencyBytes()).isEqualTo(1440 * Rig.FRAME);
        assertThat(rig.device.statistics().get(0).xruns()).isEqualTo(1);
    }

    @Test
    void aHostThatJumpsWithoutAWordIsFollowedSoon() {
        Rig rig = started480();
        playAlong(rig, 100, 0, true);
        playAlong(rig, 100, 4800, true); // 100 ms
        assertThat(rig.done.get(180).latencyBytes()).isBetween(950L * Rig.FRAME, 970L * Rig.FRAME);
        assertThat(rig.doneTags()).hasSizeBetween(189, 191);
    }

    @Test
    void stopAndStartDoNotOutrunTheClock() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.SINGLE);
        rig.prepare(0, HAIKU, HAIKU);
        rig.start(0);
        long start = rig.thread.nowNanos;
        for (int i = 1; i <= 10; i++) {
            rig.play(i, HAIKU_BYTES);
            rig.thread.advance(81 * MS);
            rig.stop(0);
            rig.start(0);
        }
        long played = rig.backend.played.size() / Rig.FRAME;
        long elapsed = (rig.thread.nowNanos - start) * 48 / MS;
        assertThat(played).isLessThan(elapsed + 120 * 48 + HAIKU + 960);
    }

    @Test
    void aLongSingleMessageIsCopiedWholeToo() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.SINGLE);
        rig.prepare(0, 48_000, 48_000);
        rig.start(0);
        long start = rig.thread.nowNanos;
        rig.play(1, 48_000 * Rig.FRAME);
        rig.thread.advance(1000 * MS);
        assertThat(rig.done(1).nanos() - start).isEqualTo(80 * MS);
    }

    @ParameterizedTest
    @ValueSource(longs = {500, -500})
    void completionsFollowTheHostsClock(long ppm) {
        Rig rig = linux(CompletionPolicy.PACED);
        queue(rig, 1, 2, 3, 4);
        long start = rig.thread.nowNanos;
        rig.start(0);
        double factor = 1 + ppm / 1e6;
        long periods = 6000;
        long at5000 = 0;
        long at6000 = 0;
        int completed = 0;
        while (completed < periods) {
            rig.thread.advance(10 * MS);
            long heard = (long) ((rig.thread.nowNanos - start) * 48e-6 * factor) - 960;
            rig.backend.sinkReports.publish(PositionReports.Kind.POSITION, heard, rig.thread.nowNanos);
            for (Rig.Done done : List.copyOf(rig.done)) {
                if (done.tag() != Integer.MAX_VALUE) {
                    completed++;
                    at5000 = completed == 5000 ? done.nanos() : at5000;
                    at6000 = completed == 6000 ? done.nanos() : at6000;
                    rig.play(9, PERIOD_BYTES);
                }
            }
            rig.done.clear();
        }
        double nanosPerFrame = (at6000 - at5000) / (1000.0 * PERIOD);
        assertThat((1e9 / 48000 / nanosPerFrame - 1) * 1e6).isBetween(ppm - 2.0, ppm + 2.0);
        assertThat(rig.device.statistics().get(0).xruns()).isZero();
    }
}
