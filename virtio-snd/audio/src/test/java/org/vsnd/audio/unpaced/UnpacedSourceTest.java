// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.unpaced;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.live.LiveCapture;

/** A host that records frame n at its n-th tick, and a guest that records at another pace; in simulated time, to a frame. */
class UnpacedSourceTest {
    private static final int RATE_HZ = 48_000;
    private static final int LATENCY = 960;
    private static final int PERIOD = 480;
    private static final int CHUNK = 240;
    private static final int CUSHION = 4_800;
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, LATENCY, 4 * PERIOD);

    private final FrameClock clock = new FrameClock(RATE_HZ);
    private final LiveCapture capture = new LiveCapture(PARAMS, () -> {}, this::nanoTime);
    private final List<String> warnings = new ArrayList<>();
    private final AudioSource source =
            new UnpacedSource(capture.source(), PARAMS, CUSHION, this::nanoTime, warnings::add);
    private final List<Integer> all = new ArrayList<>(); // that the guest was given

    private long tick = 100_000; // frames of time
    private long broughtTick = tick; // frames before this one were given to the recording
    private boolean held; // the host brings nothing, and all of it later

    UnpacedSourceTest() {
        capture.opened(LATENCY, nanoTime());
        capture.position(0, nanoTime());
        advance(10_000);
        source.start();
        capture.wanted(nanoTime());
    }

    private long nanoTime() {
        return clock.nanosOf(tick);
    }

    private void advance(long frames) {
        for (long i = 0; i < frames; i++) {
            tick++;
            while (!held && tick - broughtTick >= CHUNK) {
                ByteBuffer chunk = ByteBuffer.allocate(4 * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
                for (int frame = 0; frame < CHUNK; frame++) {
                    chunk.putInt((int) ++broughtTick);
                }
                capture.captured(chunk.flip());
                capture.position(tick - broughtTick, nanoTime());
            }
        }
    }

    /** The guest's messages, each as long after the one before as the host takes to record so many frames. */
    private void record(int periods, int framesApart) {
        for (int i = 0; i < periods; i++) {
            advance(framesApart);
            read(PERIOD);
        }
    }

    private void read(int frames) {
        ByteBuffer dst = ByteBuffer.allocate(4 * frames).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(source.read(dst, frames)).isEqualTo(frames);
        assertThat(dst.hasRemaining()).isFalse();
        dst.flip();
        while (dst.hasRemaining()) {
            all.add(dst.getInt());
        }
    }

    private List<Integer> sound() {
        return all.stream().filter(frame -> frame != 0).toList();
    }

    /** Frames of the host's that are missing between those the guest was given. */
    private long missingFrames() {
        List<Integer> sound = sound();
        assertThat(sound).isSorted();
        return sound.get(sound.size() - 1) - sound.get(0) + 1L - sound.size();
    }

    private int lastFrame() {
        return all.get(all.size() - 1);
    }

    @Test
    void aGuestInRealTimeGetsEveryFrameACushionLater() {
        record(100, PERIOD);
        assertThat(all.subList(0, CUSHION)).containsOnly(0);
        assertThat(sound()).hasSizeBetween(100 * PERIOD - CUSHION - 1, 100 * PERIOD - CUSHION);
        assertThat(missingFrames()).isZero();
        assertThat(lastFrame()).isBetween((int) tick - LATENCY - CUSHION - 1, (int) tick - LATENCY - CUSHION);
        assertThat(source.latencyFrames()).isEqualTo(LATENCY + CUSHION);
        assertThat(source.droppedFrames()).isZero();
        assertThat(source.silentFrames()).isZero();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aMessageLongerThanTheCushionHasTheSilenceAtItsBeginning() {
        for (int i = 0; i < 4; i++) {
            advance(16_384);
            read(16_384);
        }
        assertThat(all.subList(0, CUSHION)).containsOnly(0);
        assertThat(sound()).hasSizeBetween(4 * 16_384 - CUSHION - 1, 4 * 16_384 - CUSHION);
        assertThat(missingFrames()).isZero();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aGuestThatIsTooSlowLosesTheOldestFrames() {
        record(200, 10 * PERIOD);
        assertThat(source.droppedFrames()).isPositive();
        assertThat(missingFrames()).isEqualTo(source.droppedFrames());
        assertThat(source.silentFrames()).isZero();
        assertThat(tick - LATENCY - lastFrame()).isLessThanOrEqualTo(PARAMS.burstFrames() + 2 * CUSHION + PERIOD);
        assertThat(warnings).isNotEmpty();
    }

    @Test
    void aGuestThatIsTooFastGetsEveryFrameWithSilenceInBetween() {
        record(500, PERIOD / 10);
        assertThat(missingFrames()).isZero();
        int first = all.indexOf(sound().get(0));
        int silent = (int) all.subList(first, all.size()).stream()
                .filter(frame -> frame == 0)
                .count();
        assertThat(source.silentFrames()).isEqualTo(silent);
        assertThat(source.droppedFrames()).isZero();
        assertThat(warnings).isNotEmpty();
    }

    @Test
    void aGuestThatStoodStillGoesOnWithWhatIsNew() {
        record(50, PERIOD);
        advance(20L * RATE_HZ);
        record(50, PERIOD);
        assertThat(lastFrame()).isBetween((int) tick - LATENCY - CUSHION - 2, (int) tick - LATENCY - CUSHION + 2);
        assertThat(source.droppedFrames()).isPositive();
    }

    @Test
    void whatTheGuestLeavesLyingIsDroppedAsItSays() {
        record(50, PERIOD);
        advance(10 * PERIOD);
        source.skip(10 * PERIOD, 10 * PERIOD);
        record(10, PERIOD);
        assertThat(lastFrame()).isBetween((int) tick - LATENCY - CUSHION - 1, (int) tick - LATENCY - CUSHION);
        assertThat(missingFrames()).isEqualTo(10 * PERIOD);
        assertThat(source.droppedFrames()).isZero();
    }

    @Test
    void aHostThatOwesForAMomentAgainAndAgainMakesTheGuestHearNothingLater() {
        record(50, PERIOD);
        for (int i = 0; i < 5; i++) {
            held = true;
            record(15, PERIOD); // longer than the cushion
            held = false;
            record(2_000, PERIOD); // the live source's latency has risen, and falls again
            assertThat(lastFrame()).isBetween((int) tick - LATENCY - CUSHION - 2, (int) tick - LATENCY - CUSHION + 2);
        }
    }

    @Test
    void aPauseOfTheGuestsTakesNoTime() {
        record(50, PERIOD);
        source.pause();
        capture.wanted(nanoTime());
        source.start();
        record(50, PERIOD);
        assertThat(missingFrames()).isZero();
        assertThat(source.reports()).isSameAs(PositionReports.NONE);
        assertThat(warnings).isEmpty();
    }
}
