// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.live.VirtualServer;

/** A driver that ends its stream and begins the next one while the host still plays what is left of the first. */
class QuickRestartTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD = 16_384;
    private static final int RESTARTS = 20;
    private static final long PREROLL_AND_TARGET = 140 * MS;
    /** The host is looked after once a millisecond. */
    private static final long COARSE = 3 * MS;

    private Rig rig;
    private VirtualServer server;
    private int tag;

    private void begin(ExchangeRule exchange) {
        server = new VirtualServer(() -> rig.thread.nowNanos);
        rig = new Rig(CompletionPolicy.PACED, exchange, server);
    }

    private void advance(long nanos) {
        for (long left = nanos; left > 0; left -= MS) {
            rig.thread.advance(Math.min(left, MS));
            server.step();
        }
    }

    private void open(int bufferFrames, int periodFrames) {
        for (int stream = 0; stream < 2; stream++) {
            rig.prepare(stream, bufferFrames, periodFrames);
        }
        rig.start(0);
        rig.start(1);
    }

    private void close() {
        for (int stream = 0; stream < 2; stream++) {
            rig.stop(stream);
            rig.release(stream);
        }
    }

    private void awaitDone(int wanted) {
        for (int i = 0; rig.done.stream().noneMatch(done -> done.tag() == wanted); i++) {
            assertThat(i).as("ms waited for message %d", wanted).isLessThan(3000);
            advance(MS);
        }
    }

    /** Returns when the playback message was sent. */
    private long exchange() {
        long sentNanos = rig.thread.nowNanos;
        rig.play(++tag, PERIOD * Rig.FRAME);
        awaitDone(tag);
        rig.record(1000 + tag, PERIOD * Rig.FRAME);
        awaitDone(1000 + tag);
        rig.done.clear();
        return sentNanos;
    }

    private static int sample(int tag) {
        return tag * 0x0101_0101;
    }

    private long heardAfter(int message, long sentNanos) {
        return server.heard().get(sample(message)).firstNanos() - sentNanos;
    }

    @Test
    @DisplayName(
            "what was released a moment ago has its memory already, also when the card has none left for another one")
    void whatIsTakenUpNeedsNoMoreMemory() {
        begin(ExchangeRule.AUTO);
        int largestFrames = 4 << 20; // 16 MiB, of the card's 80
        int periodFrames = 1 << 16;
        for (int i = 0; i < 4; i++) {
            rig.prepare(0, largestFrames - i * periodFrames, periodFrames);
            rig.release(0);
        }
        rig.prepare(0, largestFrames, periodFrames);
        rig.release(0);

        int otherBytes = (largestFrames - 4 * periodFrames) * Rig.FRAME;
        assertThat(rig.setParams(0, otherBytes, periodFrames * Rig.FRAME)).isEqualTo(0x8000);
        assertThat(rig.control(0x102, 0)).as("another one").isEqualTo(0x8003);
    }

    @Test
    @DisplayName(
            "with Haiku's driver the first frame after the twentieth quick restart is heard as late as after the first,"
                    + " and every frame is heard")
    void haikuIsHeardAsLateAfterTwentyRestarts() {
        begin(ExchangeRule.AUTO);
        List<Long> sent = new ArrayList<>();
        for (int restart = 0; restart < RESTARTS; restart++) {
            open(PERIOD, PERIOD);
            for (int i = 0; i < 3; i++) {
                sent.add(exchange());
            }
            close();
            advance(5 * MS);
        }
        advance(2000 * MS);
        for (int i = 0; i < sent.size(); i += 3) {
            assertThat(heardAfter(i + 1, sent.get(i)))
                    .as("ns to the ear, restart %d", i / 3)
                    .isBetween(PREROLL_AND_TARGET - COARSE, PREROLL_AND_TARGET + COARSE);
        }
        assertThat(server.heard()).hasSize(sent.size());
        server.heard()
                .forEach((value, heard) ->
                        assertThat(heard.frames()).as("of %08x", value).isEqualTo(PERIOD));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @DisplayName(
            "a stream that is stopped as soon as a message is done leaves a period to play: the next one begins behind"
                    + " it, and never later")
    void whatIsLeftIsNeverMoreThanOnePeriod(int messages) {
        begin(ExchangeRule.AUTO);
        List<Long> sent = new ArrayList<>();
        List<Integer> first = new ArrayList<>();
        for (int restart = 0; restart < RESTARTS; restart++) {
            open(PERIOD, PERIOD);
            first.add(tag + 1);
            sent.add(rig.thread.nowNanos);
            for (int i = 0; i < messages; i++) {
                rig.play(++tag, PERIOD * Rig.FRAME);
                awaitDone(tag);
            }
            close();
            advance(5 * MS);
        }
        advance(2000 * MS);
        long periodNanos = PERIOD * 1_000_000L / 48;
        long mostLeft = periodNanos + PlaybackStream.SINGLE_LEAD_NANOS + 20 * MS;
        for (int i = 0; i < sent.size(); i++) {
            assertThat(heardAfter(first.get(i), sent.get(i)))
                    .as("ns to the ear, restart %d", i)
                    .isBetween(PREROLL_AND_TARGET - COARSE, mostLeft + COARSE);
        }
        assertThat(server.heard()).hasSize(tag);
        server.heard()
                .forEach((value, heard) ->
                        assertThat(heard.frames()).as("of %08x", value).isEqualTo(PERIOD));
    }

    @Test
    @DisplayName("with several periods in flight, too, every restart is heard the target after its first message")
    void severalPeriodsInFlightAreHeardAsLateAfterTwentyRestarts() {
        begin(ExchangeRule.AUTO);
        for (int restart = 0; restart < RESTARTS; restart++) {
            open(4 * 480, 480);
            long sentNanos = rig.thread.nowNanos;
            int first = tag + 1;
            for (int i = 0; i < 4; i++) {
                rig.play(++tag, 480 * Rig.FRAME);
            }
            awaitDone(tag);
            close();
            advance(5 * MS);
            advance(20 * MS);
            assertThat(heardAfter(first, sentNanos))
                    .as("restart %d", restart)
                    .isBetween(20 * MS - COARSE, 20 * MS + COARSE);
        }
    }
}
