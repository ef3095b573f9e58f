// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuSoundDriver;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.trace.tape.TapeBackend;
import org.vsnd.trace.tape.TapeSink;

/** One machine with a Haiku kernel whose users open and close the card again and again, in every order there is. */
final class HaikuSessions {
    private static final long MILLI = 1_000_000;

    /** A bus by the wall clock: nothing is said of times, and gaps are nobody's fault. */
    static final long WALL = Long.MAX_VALUE / 2;

    private static final int RATE_HZ = 48_000;
    /** The node fills a buffer after an exchange; it is sent with the second one after that. */
    private static final int PERIODS_AHEAD = 2;

    private static final long PLAYED_OUT_NANOS = 1_000 * MILLI;

    /** What is done between an open and a close. */
    enum Order {
        /** Somebody has a look. */
        OPEN_ONLY,
        /** The media server goes before it has played anything. */
        BUFFERS_ONLY,
        /** One exchange. */
        SHORT,
        EXCHANGES,
        /** The media server is killed in an exchange, which the kernel ends before it closes. */
        KILLED_IN_AN_EXCHANGE,
        FORCE_STOP,
        FORCE_STOP_AND_START,
        FORMAT_CHANGE,
        FORMAT_CHANGE_AT_THE_END,
        PAUSE
    }

    private final HaikuMachine haiku;
    private final TapeBackend tape;
    private final long stepNanos;
    private final Random random;
    private long filled;

    /**
     * Boots.
     *
     * @param cpus 1 or 2: with two, a thread that a handler has woken may get ahead of it
     * @param stepNanos how exactly the bus knows when something happened, or {@link #WALL}
     */
    HaikuSessions(Bus bus, TapeBackend tape, int cpus, long stepNanos, Random random) {
        this.tape = tape;
        this.stepNanos = stepNanos;
        this.random = random;
        haiku = new HaikuMachine(bus, HaikuVersion.KERNEL);
        haiku.firmware();
        haiku.boot();
        if (cpus > 1) {
            haiku.kernel().handlersReturnLate();
        }
    }

    HaikuMachine haiku() {
        return haiku;
    }

    /** Any order, any think time. */
    void any() {
        Order[] orders = Order.values();
        run(orders[random.nextInt(orders.length)]);
    }

    void run(Order order) {
        HaikuSoundDriver driver = haiku.open();
        if (order != Order.OPEN_ONLY) {
            NodeSettings settings =
                    NodeSettings.of(SampleFormat.S16, RATE_HZ).thinking(random.nextInt(3) * 10L * MILLI);
            long from = filled;
            int sinks = tape.sinks().size();
            MultiAudioNode node = new MultiAudioNode(driver, settings, this::fill, RecordedSink.NONE);
            node.start();
            int periods = order == Order.BUFFERS_ONLY ? 0 : order == Order.SHORT ? 1 : 1 + random.nextInt(4);
            live(order, node, periods);
            close();
            assertPace(node);
            if (periods > PERIODS_AHEAD) {
                haiku.pass(PLAYED_OUT_NANOS);
                byte[] sent = BytePattern.bytes(0, from, (periods - PERIODS_AHEAD) * node.periodBytes());
                TapeSink sink = tape.sinks().get(sinks);
                assertThat(stepNanos == WALL ? sink.withoutSilence() : sink.sound())
                        .as("heard of the session")
                        .isEqualTo(sent);
            }
        }
        close();
        if (random.nextInt(4) == 0) {
            haiku.pass(random.nextInt(100) * MILLI);
        }
    }

    private void close() {
        haiku.close();
        assertThat(haiku.kernel().liveAreas()).as("areas left").isZero();
    }

    private void live(Order order, MultiAudioNode node, int periods) {
        node.exchange(periods);
        switch (order) {
            case PAUSE -> node.pause(random.nextInt(1_000) * MILLI);
            case FORCE_STOP -> node.forceStop();
            case FORCE_STOP_AND_START -> {
                node.forceStop();
                node.start();
                node.exchange(1);
            }
            case FORMAT_CHANGE -> {
                node.setFormat(SampleFormat.S16, 44_100);
                node.exchange(1);
            }
            case FORMAT_CHANGE_AT_THE_END -> node.setFormat(SampleFormat.S16, 44_100);
            default -> {}
        }
    }

    private void fill(ByteBuffer frames) {
        int bytes = frames.remaining();
        frames.put(BytePattern.bytes(0, filled, bytes));
        filled += bytes;
    }

    /** Until the first stop or change from exchange to exchange a period, as exactly as the bus knows. */
    private void assertPace(MultiAudioNode node) {
        long period = HaikuGuest.PERIOD_FRAMES * 1_000_000_000L / RATE_HZ;
        BufferExchange before = null;
        for (BufferExchange exchange : node.exchanges()) {
            assertThat(exchange.ok()).isTrue();
            if (stepNanos != WALL && before != null && exchange.playedFrames() > HaikuGuest.PERIOD_FRAMES) {
                assertThat(exchange.playedNanos() - before.playedNanos())
                        .as("from exchange to exchange")
                        .isBetween(period - stepNanos, period + 1 + stepNanos);
            }
            before = exchange;
        }
    }
}
