// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vsnd.audio.Allocation;

class FrameRingTest {
    private static final int FRAME = 6; // does not divide a power of two

    private static ByteBuffer frames(int from, int count) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(count * FRAME);
        for (int i = 0; i < count * FRAME; i++) {
            buffer.put(i, (byte) (from * FRAME + i));
        }
        return buffer;
    }

    @Test
    void takesWhatFitsAndGivesItBackInOrderAcrossTheSeam() {
        FrameRing ring = new FrameRing(FRAME, 5);
        ByteBuffer src = frames(0, 4);
        assertThat(ring.write(src)).isEqualTo(4);
        assertThat(ring.readableFrames()).isEqualTo(4);
        assertThat(ring.writableFrames()).isEqualTo(1);

        ByteBuffer dst = ByteBuffer.allocate(3 * FRAME);
        assertThat(ring.read(dst)).isEqualTo(3);
        assertThat(dst.flip()).isEqualTo(frames(0, 3));

        src = frames(4, 9);
        assertThat(ring.write(src)).isEqualTo(4);
        assertThat(src.position()).isEqualTo(4 * FRAME);
        assertThat(ring.writableFrames()).isZero();

        dst = ByteBuffer.allocate(10 * FRAME);
        assertThat(ring.read(dst)).isEqualTo(5);
        assertThat(dst.flip()).isEqualTo(frames(3, 5));
        assertThat(ring.readableFrames()).isZero();
    }

    @Test
    void aFractionOfAFrameIsLeftAlone() {
        FrameRing ring = new FrameRing(FRAME, 5);
        ByteBuffer src = frames(0, 2);
        src.limit(2 * FRAME - 1);
        assertThat(ring.write(src)).isEqualTo(1);
        assertThat(src.position()).isEqualTo(FRAME);
        ByteBuffer dst = ByteBuffer.allocate(FRAME - 1);
        assertThat(ring.read(dst)).isZero();
        assertThat(dst.position()).isZero();
        assertThat(ring.readableFrames()).isEqualTo(1);
    }

    @Test
    void skipDropsTheOldestAndNoMoreThanThereAre() {
        FrameRing ring = new FrameRing(FRAME, 5);
        ring.write(frames(0, 5));
        assertThat(ring.skip(-1)).isZero();
        assertThat(ring.skip(2)).isEqualTo(2);
        ByteBuffer dst = ByteBuffer.allocate(FRAME);
        ring.read(dst);
        assertThat(dst.flip()).isEqualTo(frames(2, 1));
        assertThat(ring.skip(Long.MAX_VALUE)).isEqualTo(2);
        assertThat(ring.writableFrames()).isEqualTo(5);
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> new FrameRing(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameRing(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameRing(65536, 65536)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new FrameRing(2, 3).frameBytes()).isEqualTo(2);
        assertThat(new FrameRing(2, 3).capacityFrames()).isEqualTo(3);
    }

    @Test
    void moving48000FramesAllocatesNothing() {
        FrameRing ring = new FrameRing(FRAME, 101);
        ByteBuffer buffer = ByteBuffer.allocateDirect(48 * FRAME);
        assertThat(Allocation.ofWarm(() -> {
                    ring.write(buffer.clear());
                    ring.skip(1);
                    ring.read(buffer.clear());
                }))
                .isZero();
    }

    @Test
    @Timeout(60)
    void everyByteArrivesOnceAndInOrderBetweenTwoThreads() throws InterruptedException {
        long total = 8_000_000;
        FrameRing ring = new FrameRing(Long.BYTES, 1009);
        AtomicReference<String> wrong = new AtomicReference<>();
        AtomicBoolean stop = new AtomicBoolean();
        Thread producer = new Thread(() -> produce(ring, total, stop), "frame-ring-producer");
        producer.start();
        try {
            consume(ring, total, wrong);
        } finally {
            stop.set(true);
            producer.join();
        }
        assertThat(wrong.get()).isNull();
        assertThat(ring.readableFrames()).isZero();
    }

    private static void produce(FrameRing ring, long total, AtomicBoolean stop) {
        SplittableRandom random = new SplittableRandom(1);
        ByteBuffer buffer = ByteBuffer.allocateDirect(700 * Long.BYTES);
        long next = 0;
        while (next < total && !stop.get()) {
            int count = (int) Math.min(total - next, random.nextInt(1, 701));
            buffer.clear().limit(count * Long.BYTES);
            for (int i = 0; i < count; i++) {
                buffer.putLong(i * Long.BYTES, mixed(next + i));
            }
            next += count;
            while (buffer.hasRemaining() && !stop.get()) {
                if (ring.write(buffer) == 0) {
                    LockSupport.parkNanos(1_000);
                }
            }
        }
    }

    private static void consume(FrameRing ring, long total, AtomicReference<String> wrong) {
        SplittableRandom random = new SplittableRandom(2);
        ByteBuffer buffer = ByteBuffer.allocateDirect(700 * Long.BYTES);
        long next = 0;
        while (next < total && wrong.get() == null) {
            if (random.nextInt(16) == 0) {
                next += ring.skip(random.nextInt(20));
            }
            buffer.clear().limit(random.nextInt(1, 701) * Long.BYTES);
            int count = ring.read(buffer);
            if (count == 0) {
                LockSupport.parkNanos(1_000);
            }
            for (int i = 0; i < count; i++) {
                if (buffer.getLong(i * Long.BYTES) != mixed(next + i)) {
                    wrong.compareAndSet(null, "frame " + (next + i));
                }
            }
            next += count;
        }
    }

    /** A different pattern in every byte of every frame. */
    private static long mixed(long frame) {
        return (frame + 1) * 0x9e3779b97f4a7c15L;
    }
}
