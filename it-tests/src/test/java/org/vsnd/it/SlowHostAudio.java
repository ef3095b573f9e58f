// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostDevice;
import org.vsnd.audio.live.HostSide;
import org.vsnd.audio.live.HostThread;
import org.vsnd.audio.live.HostThreads;
import org.vsnd.audio.live.HostWaiter;
import org.vsnd.audio.live.LivePlayback;

/** Host audio whose devices take their time to open, or hang; once open they play at the wall clock's pace. Plays only. */
final class SlowHostAudio implements AudioBackend {
    static final String KIND = "slow";
    private static final long STEP_NANOS = 5_000_000;

    private final long openNanos;
    private final CountDownLatch answers;
    private final HostThreads threads = new HostThreads();
    private final AtomicLong heardBytes = new AtomicLong();

    private SlowHostAudio(long openNanos, CountDownLatch answers) {
        this.openNanos = openNanos;
        this.answers = answers;
    }

    /** Devices that are open after so many milliseconds. */
    static SlowHostAudio opensAfter(long millis) {
        return new SlowHostAudio(millis * 1_000_000, new CountDownLatch(0));
    }

    /** Devices that are open only after {@link #answer}. */
    static SlowHostAudio hangs() {
        return new SlowHostAudio(0, new CountDownLatch(1));
    }

    void answer() {
        answers.countDown();
    }

    /** Bytes other than 0 that were played. */
    long heardBytes() {
        return heardBytes.get();
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return threads.openSink(
                params,
                streamName,
                () -> new HostThread<>(
                        new Device(), new Waiter(), streamName, wake -> new LivePlayback(params, wake), Side::new));
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return new NullBackend().openSource(params, streamName);
    }

    @Override
    public void close() {
        answer();
        threads.close();
    }

    private final class Device implements HostDevice<Object> {
        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public String name() {
            return "the slow device";
        }

        @Override
        public String verb() {
            return "play";
        }

        @Override
        public Object open() throws InterruptedIOException {
            try {
                answers.await();
                TimeUnit.NANOSECONDS.sleep(openNanos);
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            return new Object();
        }

        @Override
        public void close(Object open) {
            // nothing is held
        }
    }

    private static final class Waiter implements HostWaiter<Object> {
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

    private final class Side implements HostSide<Object> {
        private final LivePlayback playback;
        private final ByteBuffer buffer;
        private long openedNanos;
        private long writtenFrames;
        private long untilNanos;

        Side(LivePlayback playback) {
            this.playback = playback;
            buffer = ByteBuffer.allocate(100 * playback.params().frameBytes());
        }

        @Override
        public void opened(Object host, long nowNanos) {
            openedNanos = nowNanos;
            writtenFrames = 0;
            playback.opened(playback.params().targetFrames(), 1, nowNanos);
        }

        @Override
        public @Nullable String run(Object host, long nowNanos) {
            long playedFrames = (nowNanos - openedNanos) * playback.params().rateHz() / 1_000_000_000L;
            writtenFrames = Math.max(writtenFrames, playedFrames);
            buffer.clear();
            while (writtenFrames < playedFrames + playback.params().targetFrames()
                    && playback.fill(buffer, writtenFrames - playedFrames, nowNanos) > 0) {
                for (int i = 0; i < buffer.position(); i++) {
                    if (buffer.get(i) != 0) {
                        heardBytes.incrementAndGet();
                    }
                }
                writtenFrames += buffer.position() / playback.params().frameBytes();
                buffer.clear();
            }
            untilNanos = nowNanos + STEP_NANOS;
            return null;
        }

        @Override
        public @Nullable String hold(Object host, long nowNanos) {
            untilNanos = nowNanos + STEP_NANOS;
            return null;
        }

        @Override
        public boolean moves() {
            return true;
        }

        @Override
        public long untilNanos() {
            return untilNanos;
        }

        @Override
        public boolean waitsForHost() {
            return false;
        }
    }
}
