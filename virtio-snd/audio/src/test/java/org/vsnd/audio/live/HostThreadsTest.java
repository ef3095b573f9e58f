// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

@DisplayName("The audio threads of a live back end")
class HostThreadsTest {
    private static final int FRAMES = 12_000;

    private final AudioBudget budget = new AudioBudget(16L << 20, 3, 2, 1);
    private final PcmParams params = new PcmParams(PcmFormat.S16, 48_000, 2, 960, 24_000, budget);
    private final HostThreads threads = new HostThreads();
    private final CountDownLatch answers = new CountDownLatch(1);
    private final AtomicLong heardFrames = new AtomicLong();
    private final AtomicInteger errors = new AtomicInteger();
    private volatile boolean hangs;
    private volatile boolean closeFails;

    @AfterEach
    void close() {
        answers.countDown();
        threads.close();
    }

    private AudioSink open(String streamName) {
        return threads.openSink(
                params,
                streamName,
                () -> new HostThread<>(
                        new Device(), new Waiter(), streamName, wake -> new LivePlayback(params, wake), Side::new));
    }

    private static boolean comesTrue(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        return condition.getAsBoolean();
    }

    @Test
    @DisplayName("play what was written before a stream was closed, and then give its memory back")
    void playOutAndGiveBack() throws InterruptedException {
        AudioSink sink = open("output 0");
        sink.start();
        ByteBuffer frames = ByteBuffer.allocate(4 * FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            frames.putInt(0x01010101);
        }
        assertThat(sink.write(frames.flip())).isEqualTo(FRAMES);
        sink.drain();
        sink.close();
        assertThat(budget.promisedBytes()).as("it still plays").isPositive();
        assertThat(threads.takesUp(params, "output 0")).isTrue();
        assertThat(threads.takesUp(params, "output 1")).isFalse();
        assertThat(comesTrue(() -> budget.streams() == 0)).isTrue();
        assertThat(heardFrames.get()).isEqualTo(FRAMES);
        assertThat(budget.promisedBytes()).isZero();
    }

    @Test
    @DisplayName("are no more than the card may have: the streams beyond are silent, and go by the device's clock")
    void areNoMoreThanTheCardMayHave() {
        for (int i = 0; i < 3; i++) {
            assertThat(open("output " + i).reports()).isNotSameAs(PositionReports.NONE);
        }
        AudioSink fourth = open("output 3");
        assertThat(fourth.reports()).isSameAs(PositionReports.NONE);
        assertThat(fourth.isMakeshift()).isTrue();
        assertThat(fourth.write(ByteBuffer.allocate(400))).isEqualTo(100);
        assertThat(budget.streams()).isEqualTo(3);
    }

    @Test
    @DisplayName("wait for their turn when others wait for a host that hangs, and are heard when it answers")
    void waitForTheirTurn() throws InterruptedException {
        hangs = true;
        List<AudioSink> sinks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sinks.add(open("output " + i));
        }
        assertThat(comesTrue(() -> budget.openers() == 2)).isTrue();
        hangs = false;
        answers.countDown();
        assertThat(comesTrue(() -> budget.openers() == 0)).isTrue();
        sinks.get(2).start();
        assertThat(comesTrue(() -> {
                    sinks.get(2).write(ByteBuffer.allocate(400).putInt(0, 1));
                    return heardFrames.get() > 0;
                }))
                .isTrue();
    }

    @Test
    @DisplayName("are silence when what they wait with cannot be made, and another one is asked for the next time")
    void areSilenceWithoutAWaiter() {
        for (int i = 0; i < 5; i++) {
            AudioSink sink = threads.openSink(params, "output 0", () -> {
                throw new IllegalStateException("no descriptors left");
            });
            assertThat(sink.write(ByteBuffer.allocate(400))).isEqualTo(100);
            sink.close();
        }
        assertThat(open("output 0").reports()).isNotSameAs(PositionReports.NONE);
        assertThat(budget.streams()).isEqualTo(1);
    }

    @Test
    @DisplayName("are silence when memory or a class is missing for them, and what was made of them is given back")
    void giveBackWhatIsHalfMade() {
        AtomicLong closedWaiters = new AtomicLong();
        List<Error> troubles = List.of(new OutOfMemoryError("Cannot reserve memory"), new NoClassDefFoundError("x"));
        for (Error trouble : troubles) {
            AudioSink sink = threads.openSink(
                    params,
                    "output 0",
                    () -> new HostThread<>(
                            new Device(),
                            new Waiter() {
                                @Override
                                public void close() {
                                    closedWaiters.incrementAndGet();
                                }
                            },
                            "output 0",
                            wake -> new LivePlayback(params, wake),
                            playback -> {
                                throw trouble;
                            }));
            assertThat(sink.write(ByteBuffer.allocate(400))).isEqualTo(100);
        }
        assertThat(closedWaiters.get()).isEqualTo(2);
        assertThat(budget.streams()).isZero();
        assertThat(budget.promisedBytes()).isZero();
    }

    @Test
    @DisplayName("end, and give their place back, when their device cannot be closed")
    void endWhenTheDeviceCannotBeClosed() throws InterruptedException {
        closeFails = true;
        AudioSink sink = open("output 0");
        sink.start();
        assertThat(comesTrue(() -> {
                    sink.write(ByteBuffer.allocate(400).putInt(0, 1));
                    return heardFrames.get() > 0;
                }))
                .isTrue();
        sink.close();
        assertThat(comesTrue(() -> budget.streams() == 0)).isTrue();
    }

    @Test
    @DisplayName("try again when opening failed by an error of any kind")
    void tryAgainAfterAnyError() throws InterruptedException {
        errors.set(1);
        AudioSink sink = open("output 0");
        sink.start();
        assertThat(comesTrue(() -> {
                    sink.write(ByteBuffer.allocate(400).putInt(0, 1));
                    return heardFrames.get() > 0;
                }))
                .isTrue();
    }

    @Test
    @DisplayName("are silence once the back end is closed, whoever still asks")
    void areSilenceOnceClosed() {
        threads.close();
        AudioSink sink = open("output 0");
        assertThat(sink.write(ByteBuffer.allocate(400))).isEqualTo(100);
        assertThat(sink.isMakeshift()).isFalse();
        assertThat(budget.streams()).isZero();
    }

    private final class Device implements HostDevice<Object> {
        @Override
        public String kind() {
            return "test";
        }

        @Override
        public String name() {
            return "the test's device";
        }

        @Override
        public String verb() {
            return "play";
        }

        @Override
        public Object open() throws IOException {
            try {
                if (hangs) {
                    answers.await();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new AssertionError("a fault in a library");
            }
            return new Object();
        }

        @Override
        public void close(Object open) {
            if (closeFails) {
                throw new IllegalStateException("a fault in a library");
            }
        }
    }

    private static class Waiter implements HostWaiter<Object> {
        private volatile @Nullable Thread thread;

        @Override
        public void wake() {
            LockSupport.unpark(thread);
        }

        @Override
        public void watch(@Nullable Object host) {
            // it has no way to tell
        }

        @Override
        public void await(long untilNanos, boolean forHost) {
            thread = Thread.currentThread();
            LockSupport.parkNanos(this, untilNanos - System.nanoTime());
        }

        @Override
        public void close() {
            thread = null;
        }
    }

    /** Takes all there is at once, and counts the frames that are not silent. */
    private final class Side implements HostSide<Object> {
        private final LivePlayback playback;
        private final ByteBuffer buffer = ByteBuffer.allocate(4 * 480);

        Side(LivePlayback playback) {
            this.playback = playback;
        }

        @Override
        public void opened(Object host, long nowNanos) {
            playback.opened(960, 480, nowNanos);
        }

        @Override
        public @Nullable String run(Object host, long nowNanos) {
            while (playback.fill(buffer.clear(), 900, nowNanos) > 0) {
                for (int at = 0; at < buffer.position(); at += 4) {
                    if (buffer.getInt(at) != 0) {
                        heardFrames.incrementAndGet();
                    }
                }
            }
            return null;
        }

        @Override
        public @Nullable String hold(Object host, long nowNanos) {
            return null;
        }

        @Override
        public boolean moves() {
            return true;
        }

        @Override
        public long untilNanos() {
            return System.nanoTime() + 5_000_000;
        }

        @Override
        public boolean waitsForHost() {
            return false;
        }
    }
}
