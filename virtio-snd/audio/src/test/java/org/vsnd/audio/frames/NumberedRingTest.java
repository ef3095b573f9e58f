// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NumberedRingTest {
    private static final int FRAMES = 64;
    private static final long LAST = 2_000_000;

    /** Frames that hold their own number. */
    private static ByteBuffer frames(long from, int count) {
        ByteBuffer frames = ByteBuffer.allocate(Long.BYTES * count);
        for (int i = 0; i < count; i++) {
            frames.putLong(from + i);
        }
        return frames.flip();
    }

    @Test
    @DisplayName("what is older than a jump is dropped, and the number says where it goes on")
    void aJumpDropsWhatIsOlder() {
        NumberedRing ring = new NumberedRing(new FrameRing(Long.BYTES, FRAMES));
        ring.jump(100);
        ring.write(frames(100, 10));
        ring.look();
        assertThat(ring.firstNumber()).isEqualTo(100);
        ring.skipTo(104);
        ByteBuffer dst = ByteBuffer.allocate(2 * Long.BYTES);
        ring.read(dst);
        assertThat(dst.flip()).isEqualTo(frames(104, 2));
        ring.jump(500);
        ring.write(frames(500, 3));
        assertThat(ring.endNumber()).as("as of the last look").isEqualTo(110);
        ring.look();
        assertThat(ring.firstNumber()).isEqualTo(500);
        assertThat(ring.endNumber()).isEqualTo(503);
        ring.skipTo(1000);
        assertThat(ring.firstNumber()).isEqualTo(503);
    }

    @Test
    @DisplayName("with a thread on either side every frame read has the number that was said")
    void framesHaveTheirNumbersAcrossThreads() throws InterruptedException {
        NumberedRing ring = new NumberedRing(new FrameRing(Long.BYTES, FRAMES));
        Thread producer = new Thread(() -> {
            Random random = new Random(1);
            long next = 0;
            while (next < LAST) {
                int written = ring.write(frames(next, 1 + random.nextInt(20)));
                next += written;
                if (written == 0) {
                    LockSupport.parkNanos(1_000);
                } else if (random.nextInt(50) == 0) {
                    next += random.nextInt(1000);
                    ring.jump(next);
                }
            }
        });
        producer.start();
        Random random = new Random(2);
        ByteBuffer dst = ByteBuffer.allocate(Long.BYTES * FRAMES);
        long read = 0;
        while (producer.isAlive()) {
            ring.look();
            ring.skipTo(ring.firstNumber() + random.nextInt(3));
            long number = ring.firstNumber();
            ring.read(dst.clear().limit(Long.BYTES * (1 + random.nextInt(FRAMES))));
            for (dst.flip(); dst.hasRemaining(); read++) {
                assertThat(dst.getLong()).isEqualTo(number++);
            }
        }
        producer.join();
        assertThat(read).isPositive();
    }
}
