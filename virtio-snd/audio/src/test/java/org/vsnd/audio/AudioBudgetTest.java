// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.audio.AudioBudget.CHUNK_BYTES;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.frames.FrameRing;

@DisplayName("A card's audio budget")
class AudioBudgetTest {
    private static final int FRAME = 4;
    private static final int CHUNK_FRAMES = CHUNK_BYTES / FRAME;

    private final AudioBudget budget = new AudioBudget(20L * CHUNK_BYTES, 2, 2, 1);
    private final ByteBuffer frames = ByteBuffer.allocate(1000 * FRAME);

    private void put(FrameRing ring, int rounds) {
        for (int i = 0; i < rounds; i++) {
            assertThat(ring.write(frames.clear())).isEqualTo(1000);
        }
    }

    @Test
    @DisplayName("gives a ring memory for what is in it, however much it might hold")
    void givesMemoryForWhatIsThere() {
        FrameRing ring = new FrameRing(budget, FRAME, 10 * CHUNK_FRAMES);
        assertThat(budget.promisedBytes()).isBetween(10L * CHUNK_BYTES, 12L * CHUNK_BYTES);
        assertThat(budget.madeBytes()).isZero();
        for (int i = 0; i < 1000; i++) {
            put(ring, 2);
            ring.read(frames.clear());
            ring.read(frames.clear());
        }
        assertThat(budget.madeBytes()).isLessThanOrEqualTo(2 * CHUNK_BYTES);
        put(ring, 100);
        assertThat(budget.madeBytes()).isBetween(100_000L * FRAME, 100_000L * FRAME + 2 * CHUNK_BYTES);
    }

    @Test
    @DisplayName("gets memory and promise back when both ends have left a ring, and gives the same memory to the next")
    void usesMemoryAgain() {
        for (int i = 0; i < 100; i++) {
            FrameRing ring = new FrameRing(budget, FRAME, 10 * CHUNK_FRAMES);
            put(ring, 100);
            ring.leave();
            assertThat(budget.promisedBytes()).isPositive();
            assertThat(ring.read(frames.clear()))
                    .as("the other end still reads")
                    .isEqualTo(1000);
            ring.leave();
            assertThat(budget.promisedBytes()).isZero();
        }
        assertThat(budget.madeBytes()).isLessThanOrEqualTo(8 * CHUNK_BYTES);
    }

    @Test
    @DisplayName(
            "is not exceeded even by rings that nobody asked room for: what has no place is lost, what has is whole")
    void isNeverExceeded() {
        List<FrameRing> rings = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            FrameRing ring = new FrameRing(budget, FRAME, 10 * CHUNK_FRAMES);
            rings.add(ring);
            int taken = 0;
            for (int round = 0; round < 100; round++) {
                frames.clear();
                for (int at = 0; at < 1000; at++) {
                    frames.putInt(at * FRAME, taken + at);
                }
                taken += ring.write(frames);
            }
            int next = 0;
            while (ring.readableFrames() > 0) {
                ring.read(frames.clear().limit(FRAME));
                assertThat(frames.getInt(0)).isEqualTo(next++);
            }
            assertThat(next).isEqualTo(taken);
        }
        assertThat(budget.madeBytes()).isEqualTo(20L * CHUNK_BYTES);
        assertThat(budget.fits(1)).isFalse();
        rings.forEach(FrameRing::leave);
        rings.forEach(FrameRing::leave);
        assertThat(budget.fits(20L * CHUNK_BYTES)).isTrue();
    }

    @Test
    @DisplayName("asks a process without memory once a second at most, and has memory again when there is some")
    void asksForMemoryOnceASecond() {
        AtomicLong nowNanos = new AtomicLong(5);
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean memory = new AtomicBoolean();
        AudioBudget poor = new AudioBudget(
                20L * CHUNK_BYTES,
                2,
                2,
                1,
                bytes -> {
                    asked.incrementAndGet();
                    if (!memory.get()) {
                        throw new OutOfMemoryError("Cannot reserve memory");
                    }
                    return ByteBuffer.allocate(bytes);
                },
                nowNanos::get);
        for (int i = 0; i < 100; i++) {
            assertThat(poor.take()).isNull();
            nowNanos.addAndGet(20_000_000);
        }
        assertThat(asked.get()).isEqualTo(2);
        assertThat(poor.madeBytes()).isZero();
        memory.set(true);
        nowNanos.addAndGet(1_000_000_000);
        assertThat(poor.take()).isNotNull();
        assertThat(poor.take()).isNotNull();
    }

    @Test
    @DisplayName("of the standard holds eight streams each way in stereo, and the widest ones there are")
    void holdsWhatLegalGuestsAskFor() {
        long most = 80 << 20;
        long eight = 0;
        for (int i = 0; i < 8; i++) {
            PcmParams params = new PcmParams(PcmFormat.FLOAT, 48_000, 2, 960, 24_000);
            eight += StreamMemory.playbackBytes(params) + StreamMemory.captureBytes(params);
        }
        assertThat(eight).as("8+8 streams at 48 kHz").isLessThan(most / 3);
        assertThat(both(PcmFormat.S32, 384_000, 2, 7_680, 192_000)).isLessThan(most / 2);
        assertThat(both(PcmFormat.S32, 48_000, 18, 960, 24_000)).isLessThan(most / 2);
        assertThat(both(PcmFormat.FLOAT64, 384_000, 18, 7_680, 192_000)).isLessThanOrEqualTo(most);
        assertThat(both(PcmFormat.S16, 48_000, 2, 960, 4 << 20))
                .as("buffers of 16 MiB")
                .isLessThan(most);
    }

    private static long both(PcmFormat format, int rateHz, int channels, long targetFrames, long burstFrames) {
        PcmParams params = new PcmParams(format, rateHz, channels, targetFrames, burstFrames);
        return StreamMemory.playbackBytes(params) + StreamMemory.captureBytes(params);
    }
}
