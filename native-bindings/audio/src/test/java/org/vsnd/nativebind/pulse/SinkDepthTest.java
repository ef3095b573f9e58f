// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SinkDepthTest {
    private static final long ASKED_FRAMES = 420;
    private static final long ASKED_NANOS = 8_750_000;
    private static final long PIPE_BLOCK_NANOS = 21_333_333; // 1024 frames
    private static final long STEP_NANOS = 2_200_000;

    private final SinkDepth depth = new SinkDepth(48_000, ASKED_FRAMES);
    private long nowNanos = 1_000_000_000;

    /** Reports of a sink that holds from {@code mostNanos} down to {@code leastNanos} and up again. */
    private void look(long firstNanos, long leastNanos, long mostNanos, long blockNanos) {
        long aheadNanos = firstNanos;
        for (int reports = 0; !depth.look(aheadNanos, blockNanos, nowNanos); reports++) {
            assertThat(reports).as("reports looked at").isLessThan(60);
            nowNanos += STEP_NANOS;
            aheadNanos -= STEP_NANOS;
            if (aheadNanos < leastNanos) {
                aheadNanos = mostNanos;
            }
        }
    }

    @Test
    void sinkThatDoesAsItWasAskedHoldsItsBlock() {
        look(ASKED_NANOS, 500_000, ASKED_NANOS, ASKED_NANOS);

        assertThat(depth.frames()).isEqualTo(ASKED_FRAMES);
    }

    @Test
    void whatASinkHoldsFromBeforeItWasAskedIsNotCounted() {
        look(2_000_000_000L, 1_999_999_000L, ASKED_NANOS, ASKED_NANOS);

        assertThat(depth.frames()).isEqualTo(ASKED_FRAMES);
    }

    /** Seen with a pipe of two pages: our silence in small pieces hides a page, the frames that follow fill it again. */
    @Test
    void pipeIsAsDeepAsWhenTheStreamCameThoughItHoldsLessWhileItPlaysSilence() {
        look(33_416_000, 3_400_000, 21_895_000, PIPE_BLOCK_NANOS);

        assertThat(depth.frames()).isEqualTo(2 * 1023);
    }

    @Test
    void oneBlockAndALittleIsOneBlock() {
        look(21_400_000, 500_000, 21_500_000, PIPE_BLOCK_NANOS);

        assertThat(depth.frames()).isBetween(1024L, 1040L);
    }

    @Test
    void sinkWithABlockOfItsOwnIsNotBelievedToHoldSecondsOfItsPast() {
        look(2_000_000_000L, 1_999_999_000L, 21_000_000, PIPE_BLOCK_NANOS);

        assertThat(depth.frames()).isEqualTo(1023);
    }

    @Test
    void headsetThatHoldsMoreThanItSaysIsSeenToDoSo() {
        look(150_000_000, 141_250_000, 150_000_000, ASKED_NANOS);

        assertThat(depth.frames()).isEqualTo(7200);
    }

    @Test
    void whatIsSeenLaterCountsUntilThereIsAnotherSink() {
        look(ASKED_NANOS, 500_000, ASKED_NANOS, ASKED_NANOS);
        depth.holds(1000, nowNanos);
        assertThat(depth.frames()).isEqualTo(1000);

        depth.deepen(ASKED_NANOS);
        assertThat(depth.frames()).isEqualTo(1000 + ASKED_FRAMES / 2);

        depth.forget();
        assertThat(depth.frames()).isEqualTo(ASKED_FRAMES);
    }

    private void holdsForSeconds(int seconds, long mostFrames) {
        for (int i = 0; i < 50 * seconds; i++) {
            nowNanos += 20_000_000;
            depth.holds(i % 7 * mostFrames / 6, nowNanos);
        }
    }

    @Test
    void whatWasHeldOnceIsForgottenAfterSecondsInWhichItWasNot() {
        look(ASKED_NANOS, 500_000, ASKED_NANOS, ASKED_NANOS);
        holdsForSeconds(5, ASKED_FRAMES);
        depth.holds(40_000, nowNanos);
        assertThat(depth.canSettle()).isFalse();

        holdsForSeconds(5, ASKED_FRAMES);
        assertThat(depth.frames()).isEqualTo(40_000);
        assertThat(depth.canSettle()).isTrue();
        depth.settle();
        assertThat(depth.frames()).isEqualTo(ASKED_FRAMES);
    }

    @Test
    void whatIsHeldAllTheTimeStays() {
        look(ASKED_NANOS, 500_000, ASKED_NANOS, ASKED_NANOS);
        holdsForSeconds(5, 7200);

        assertThat(depth.canSettle()).isFalse();
        depth.settle();
        assertThat(depth.frames()).isEqualTo(7200);
    }

    @Test
    void aPipeStaysAsDeepAsTwoOfItsBlocks() {
        look(33_416_000, 3_400_000, 21_895_000, PIPE_BLOCK_NANOS);
        holdsForSeconds(5, 1024);
        depth.settle();

        assertThat(depth.frames()).isEqualTo(2 * 1023);
    }
}
