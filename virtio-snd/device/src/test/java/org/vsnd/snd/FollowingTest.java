// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A driver with one message in flight records by the clock by which it plays. */
class FollowingTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    /** A tone resampled along straight lines is this rough; a frame lost or repeated is 900 at its steepest. */
    private static final double SMOOTH = 60;

    private static Rig haiku(LiveHost host) {
        Rig rig = host.rig(ExchangeRule.AUTO);
        rig.prepare(0, HaikuGuest.PERIOD, HaikuGuest.PERIOD);
        rig.prepare(1, HaikuGuest.PERIOD, HaikuGuest.PERIOD);
        rig.start(0);
        rig.start(1);
        return rig;
    }

    private static StreamStatistics playback(Rig rig) {
        return rig.device.statistics().get(0);
    }

    private static StreamStatistics capture(Rig rig) {
        return rig.device.statistics().get(1);
    }

    private static double nanosPerPeriod(List<Rig.Done> done, int from, int to) {
        return (done.get(to).nanos() - done.get(from).nanos()) / (double) (to - from);
    }

    @ParameterizedTest
    @CsvSource({"250,-250", "-250,250", "0,500", "500,0", "-500,0", "0,0"})
    @DisplayName("ten minutes with both devices apart: no xrun, no backlog, no click, and one pace")
    void recordsByThePlaybackClock(double playbackPpm, double capturePpm) {
        LiveHost host = new LiveHost(playbackPpm, capturePpm, true);
        Rig rig = haiku(host);
        HaikuGuest guest = new HaikuGuest(rig, host);
        guest.run(600 * SECOND);

        assertThat(playback(rig).xruns()).isZero();
        assertThat(capture(rig).xruns()).isZero();
        assertThat(capture(rig).slippedFrames()).isZero();
        assertThat(guest.silentFrames).as("frames read before they were there").isZero();
        int messages = guest.recorded.size();
        assertThat(messages).isGreaterThan(1700);

        double ideal = HaikuGuest.PERIOD / (48e-6 * (1 + playbackPpm / 1e6));
        assertThat((nanosPerPeriod(guest.recorded, 300, messages - 1) / ideal - 1) * 1e6)
                .as("ppm off the playback clock")
                .isBetween(-1.0, 1.0);
        for (int i = 100; i < messages; i++) {
            long apart = guest.recorded.get(i).nanos() - guest.played.get(i).nanos();
            long apartAtFirst =
                    guest.recorded.get(100).nanos() - guest.played.get(100).nanos();
            assertThat(apart - apartAtFirst).as("message %d", i).isBetween(-100_000L, 100_000L);
        }
        assertThat(Collections.max(guest.roughness.subList(1, messages))).isLessThan(SMOOTH);
        assertThat(Collections.max(guest.ages) - Collections.min(guest.ages))
                .as("what the source holds, over all")
                .isLessThan(100);
        List<Long> settled = guest.ages.subList(messages / 2, messages);
        assertThat(Collections.max(settled) - Collections.min(settled))
                .as("settled")
                .isLessThan(10);
    }

    @ParameterizedTest
    @CsvSource({"0", "19", "60"})
    @DisplayName("the first record message has all that was recorded since START, however soon that came after PREPARE")
    void theFirstMessageHasWhatWasRecorded(long millis) {
        LiveHost host = new LiveHost(0, 0, true);
        Rig rig = host.rig(ExchangeRule.AUTO);
        for (int opened = 0; opened < 3; opened++) {
            rig.prepare(0, HaikuGuest.PERIOD, HaikuGuest.PERIOD);
            rig.prepare(1, HaikuGuest.PERIOD, HaikuGuest.PERIOD);
            rig.thread.advance(millis * MS);
            rig.start(0);
            rig.start(1);
            HaikuGuest guest = new HaikuGuest(rig, host);
            guest.finishExchange();
            assertThat(guest.firstHeard).as("frames of silence").isLessThanOrEqualTo(LiveHost.LATENCY + 50);
            assertThat(guest.silentFrames).as("afterwards").isZero();
            rig.stop(0);
            rig.stop(1);
            rig.release(0);
            rig.release(1);
            rig.done.clear();
        }
    }

    @ParameterizedTest
    @CsvSource({"30,true", "150,true", "10000,true", "150,false"})
    @DisplayName(
            "a server that stood still leaves recordings as new as before, after seconds of a little other pitch or a slip")
    void aServerThatStoodStillLeavesNothingBehind(long millis, boolean resamples) {
        LiveHost host = new LiveHost(0, 0, resamples);
        HaikuGuest guest = new HaikuGuest(haiku(host), host);
        guest.run(10 * SECOND);
        long before = guest.ages.get(guest.ages.size() - 1);
        long latencyBefore = guest.recorded.get(guest.recorded.size() - 1).latencyBytes();
        host.microphone().standStill(millis * MS);
        guest.run(millis * MS + 5 * SECOND);
        int heard = guest.roughness.size();
        guest.run(25 * SECOND);
        assertThat(guest.ages.get(guest.ages.size() - 1) - before)
                .as("older by")
                .isBetween(-100L, 100L);
        assertThat(guest.recorded.get(guest.recorded.size() - 1).latencyBytes()).isEqualTo(latencyBefore);
        if (resamples) {
            assertThat(Collections.max(guest.roughness.subList(heard, guest.roughness.size())))
                    .isLessThan(SMOOTH);
        }
    }

    @ParameterizedTest
    @CsvSource({"500", "-500"})
    void withoutAResamplerFramesSlipAndAreCounted(double capturePpm) {
        LiveHost host = new LiveHost(0, capturePpm, false);
        Rig rig = haiku(host);
        HaikuGuest guest = new HaikuGuest(rig, host);
        guest.run(120 * SECOND);
        long drifted = (long) (120L * 48_000 * 500 / 1e6);
        assertThat(capture(rig).slippedFrames()).isBetween(drifted - LiveHost.LATENCY / 2 - 100, drifted + 100);
        assertThat(capture(rig).xruns()).isZero();
        assertThat(Collections.max(guest.ages) - Collections.min(guest.ages)).isLessThan(LiveHost.LATENCY / 2 + 100);
        assertThat(nanosPerPeriod(guest.recorded, 10, guest.recorded.size() - 1))
                .isCloseTo(HaikuGuest.PERIOD / 48e-6, offset(5_000.0));
    }

    @Test
    @DisplayName("reported latency has the resampler's delay in it")
    void latencyHasTheResamplersDelay() {
        LiveHost host = new LiveHost(0, 0, true);
        Rig rig = haiku(host);
        HaikuGuest guest = new HaikuGuest(rig, host);
        guest.run(10 * SECOND);
        assertThat(guest.recorded.get(5).latencyBytes()).isEqualTo((LiveHost.LATENCY + 40L) * Rig.FRAME);
    }

    @Test
    @DisplayName("a source that goes by the device's clock is followed to the bit, never resampled")
    void aSourceWithoutAClockStaysExact() {
        Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        rig.prepare(0, HaikuGuest.PERIOD, HaikuGuest.PERIOD);
        rig.prepare(1, HaikuGuest.PERIOD, HaikuGuest.PERIOD);
        rig.start(0);
        rig.start(1);
        rig.play(1, HaikuGuest.PERIOD_BYTES);
        rig.thread.advance(100 * MS);
        long at = rig.record(2, HaikuGuest.PERIOD_BYTES);
        rig.thread.advance(300 * MS);
        byte[] recorded = rig.bytes(at, HaikuGuest.PERIOD_BYTES);
        for (int i = 0; i < recorded.length; i++) {
            assertThat(recorded[i]).isEqualTo((byte) i);
        }
    }

    @Test
    void aDriverWithSeveralMessagesIsNeverResampled() {
        LiveHost host = new LiveHost(0, 500, true);
        Rig rig = host.rig(ExchangeRule.AUTO);
        rig.prepare(0, HaikuGuest.PERIOD, HaikuGuest.PERIOD);
        rig.prepare(1, 4 * 480, 480);
        rig.start(0);
        rig.start(1);
        rig.play(1, HaikuGuest.PERIOD_BYTES);
        for (int i = 0; i < 4; i++) {
            rig.record(2, 480 * Rig.FRAME);
        }
        for (int i = 0; i < 300; i++) {
            rig.thread.advance(MS);
            host.report();
            int done = (int) rig.done.stream().filter(d -> d.tag() == 2).count();
            rig.done.clear();
            for (int k = 0; k < done; k++) {
                rig.record(2, 480 * Rig.FRAME);
            }
        }
        assertThat(host.resamplers).isEmpty();
        assertThat(capture(rig).frames()).isGreaterThan(480 * 25);
    }

    @Test
    @DisplayName("when playback ends and comes back the recording goes on: no xrun, no burst, no stall, no click")
    void followingEndsAndBeginsWithoutAJump() {
        LiveHost host = new LiveHost(400, -100, true);
        Rig rig = haiku(host);
        HaikuGuest guest = new HaikuGuest(rig, host);
        guest.run(60 * SECOND);
        int before = guest.recorded.size();
        recordAlone(guest, 30, () -> rig.stop(0));
        rig.start(0);
        guest.startAnew();
        guest.run(60 * SECOND);
        assertThat(capture(rig).xruns()).isZero();
        assertThat(capture(rig).slippedFrames()).isZero();
        assertThat(guest.silentFrames).isZero();
        assertThat(Collections.max(guest.roughness.subList(1, guest.roughness.size() - 1)))
                .isLessThan(SMOOTH);
        assertThat(guest.recorded.size()).isGreaterThan(before + 150);
        assertThat(host.resamplers).hasSize(1);
        rig.stop(1);
        rig.release(1);
        assertThat(host.resamplers.get(0).closed).isTrue();
    }

    /** Record messages one after the other, without playback; each must take a period. */
    private static void recordAlone(HaikuGuest guest, int messages, Runnable first) {
        guest.finishExchange();
        first.run();
        for (int i = 0; i < messages; i++) {
            guest.recordOnly(i == 0);
        }
        assertThat(guest.silentFrames).isZero();
    }

    @Test
    void whatOrderAHostileDriverStopsInDoesNotMatter() {
        for (int order = 0; order < 6; order++) {
            LiveHost host = new LiveHost(300, -200, true);
            Rig rig = haiku(host);
            HaikuGuest guest = new HaikuGuest(rig, host);
            guest.run(5 * SECOND + order * (100L * MS));
            switch (order) {
                case 0 -> {
                    rig.stop(0);
                    rig.release(0);
                }
                case 1 -> {
                    rig.stop(1);
                    rig.release(1);
                }
                case 2 -> rig.device.queueReset(3);
                case 3 -> rig.device.queueReset(2);
                case 4 -> {
                    rig.stop(1);
                    rig.start(1);
                }
                default -> rig.device.reset();
            }
            rig.thread.advance(3 * SECOND);
            host.report();
            rig.thread.advance(3 * SECOND);
            rig.device.reset();
            rig.thread.advance(SECOND);
            assertThat(rig.fault).isEmpty();
            assertThat(host.resamplers).allMatch(resampler -> resampler.closed);
        }
    }

    @ParameterizedTest
    @CsvSource({"100,0", "180,0", "300,0", "400,0", "500,0", "600,0", "1000,0", "400,500", "400,-500", "700,500"})
    @DisplayName("after a pause recordings are as old as before, and none is the older for each of many pauses")
    void afterAPauseRecordingsAreAsOldAsBefore(long pauseMillis, double capturePpm) {
        LiveHost host = new LiveHost(0, capturePpm, true);
        Rig rig = haiku(host);
        HaikuGuest guest = new HaikuGuest(rig, host);
        guest.run(20 * SECOND);
        long before = guest.ages.get(guest.ages.size() - 1);
        for (int round = 0; round < 3; round++) {
            guest.thinkNanos = pauseMillis * MS;
            guest.finishExchange();
            guest.thinkNanos = 2 * MS;
            guest.run(5 * SECOND);
            int messages = guest.recorded.size();
            for (int i = messages - 8; i < messages; i++) {
                assertThat(guest.ages.get(i) - before)
                        .as("age of message %d", i)
                        .isBetween(-100L, 100L);
                assertThat(guest.recorded.get(i).nanos()
                                - guest.recorded.get(i - 1).nanos())
                        .as("interval before message %d", i)
                        .isBetween(338 * MS, 345 * MS);
            }
        }
        assertThat(guest.silentFrames).isZero();
    }

    @Test
    void aGuestThatPausedRecordsTheNewestPeriodAndGoesOn() {
        LiveHost host = new LiveHost(0, 500, true);
        host.noiseFrames = 24;
        Rig rig = haiku(host);
        HaikuGuest guest = new HaikuGuest(rig, host);
        guest.run(30 * SECOND);
        guest.thinkNanos = 5 * SECOND;
        guest.run(6 * SECOND);
        guest.thinkNanos = 2 * MS;
        guest.run(60 * SECOND);
        int messages = guest.recorded.size();
        double period = nanosPerPeriod(guest.recorded, messages - 20, messages - 1);
        assertThat(period)
                .isCloseTo(HaikuGuest.PERIOD / 48e-6, offset(60_000.0)); // the guest looks once in a millisecond
        assertThat(Collections.max(guest.roughness.subList(messages - 100, messages)))
                .isLessThan(SMOOTH);
        assertThat(capture(rig).slippedFrames()).isZero();
    }
}
