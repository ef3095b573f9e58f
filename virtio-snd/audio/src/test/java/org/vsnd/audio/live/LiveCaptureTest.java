// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/**
 * A host that records frame n at its n-th tick, from when it is let to until it is told to stand still, and brings frames in
 * chunks; in simulated time.
 */
class LiveCaptureTest {
    private static final int RATE_HZ = 48_000;
    private static final int LATENCY = 960;
    private static final int PERIOD = 480;
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, LATENCY, 4 * PERIOD);

    private final FrameClock clock = new FrameClock(RATE_HZ);
    private final LiveCapture capture = new LiveCapture(PARAMS, () -> {}, this::nanoTime);
    private final AudioSource source = capture.source();

    private long tick; // frames of time
    private long broughtTick; // frames before this one were given to the recording
    private int chunkFrames = 240;
    private boolean open;
    private boolean records;
    private boolean held; // it brings nothing, and all of it later
    private long lateTicks; // until it has begun to record
    private long startTick;
    private long takenFrames; // read or skipped

    private long nanoTime() {
        return clock.nanosOf(tick);
    }

    private void open() {
        capture.opened(LATENCY, nanoTime());
        open = true;
        records = false;
    }

    private void advance(long frames) {
        for (long i = 0; i < frames; i++) {
            tick++;
            if (open && records != (capture.wanted(nanoTime()) == HostState.RUN)) {
                records = !records;
                broughtTick = tick - 1 + lateTicks;
            }
            while (records && !held && tick - broughtTick >= chunkFrames) {
                bring();
            }
        }
    }

    private static ByteBuffer brought(long from, int count) {
        ByteBuffer chunk = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            chunk.putInt((int) (from + i));
        }
        return chunk.flip();
    }

    private void bring() {
        capture.captured(brought(broughtTick + 1, chunkFrames));
        broughtTick += chunkFrames;
        capture.position(tick - broughtTick, nanoTime());
    }

    private void start() {
        source.start();
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.RUN); // the audio thread was woken
        startTick = tick;
    }

    /** What the device does when a message is full. */
    private List<Integer> read() {
        return read(PERIOD);
    }

    private List<Integer> read(int count) {
        ByteBuffer dst = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(source.read(dst, dueFrames())).isEqualTo(count);
        takenFrames += count;
        dst.flip();
        List<Integer> frames = new ArrayList<>();
        while (dst.hasRemaining()) {
            frames.add(dst.getInt());
        }
        return frames;
    }

    private long dueFrames() {
        return tick - startTick - takenFrames;
    }

    /** Reads sooner what can be read sooner. */
    private long catchUp() {
        long frames = source.takeSpareFrames();
        startTick -= frames;
        read((int) frames);
        return frames;
    }

    private void skip(long frames) {
        source.skip(frames, dueFrames());
        takenFrames += frames;
    }

    private List<Integer> record(int periods) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < periods; i++) {
            advance(PERIOD);
            all.addAll(read());
        }
        return all;
    }

    private static List<Integer> frames(long from, int count) {
        return IntStream.range((int) from, (int) from + count).boxed().toList();
    }

    private List<String> reports() {
        List<String> all = new ArrayList<>();
        PositionReports.Report report = new PositionReports.Report();
        while (source.reports().poll(report)) {
            all.add(report.kind == PositionReports.Kind.POSITION ? "at " + report.frames : report.kind.name());
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 240, 900})
    void framesAreReadTheLatencyAfterTheyWereInTheAirFromTheFirstAfterTheStart(int chunk) {
        chunkFrames = chunk;
        open();
        advance(100_000);
        start();
        List<Integer> all = record(20);
        assertThat(all.subList(0, LATENCY)).containsOnly(0);
        assertThat(all.subList(LATENCY, 20 * PERIOD)).isEqualTo(frames(100_001, 20 * PERIOD - LATENCY));
        assertThat(source.latencyFrames()).isEqualTo(LATENCY);
    }

    @Test
    void positionsAreWhatTheDevicesClockShowsWhenBothGoAlike() {
        open();
        advance(5_000);
        start();
        assertThat(source.reports()).as("no place yet").isSameAs(PositionReports.NONE);
        record(1);
        reports();
        advance(PERIOD);
        assertThat(reports()).endsWith("at " + (tick - startTick));
    }

    @Test
    void aHostThatOpensLateIsSilenceUntilThen() {
        advance(1000);
        start();
        assertThat(record(2)).containsOnly(0);
        open();
        List<Integer> then = record(10);
        assertThat(then.subList(0, LATENCY)).containsOnly(0);
        assertThat(then.subList(LATENCY, 10 * PERIOD))
                .isEqualTo(frames(startTick + 2 * PERIOD + 1, 10 * PERIOD - LATENCY));
    }

    @Test
    void chunksTooLargeForTheLatencyRaiseItOnceAndLoseNothing() {
        chunkFrames = 2000;
        open();
        advance(10_000);
        start();
        List<Integer> all = record(100);
        long latency = source.latencyFrames();
        assertThat(latency).isBetween(2000L - PERIOD, 2000L);
        assertThat(all.subList(50 * PERIOD, 100 * PERIOD))
                .isEqualTo(frames(tick - latency - 50 * PERIOD + 1, 50 * PERIOD));
        List<Integer> heard = all.stream().filter(frame -> frame != 0).toList();
        assertThat(heard).as("nothing is lost").isEqualTo(frames(heard.get(0), heard.size()));
    }

    @Test
    void chunksBeyondTheLongestLatencyLoseFramesInsteadOfAddingUp() {
        chunkFrames = 24_000;
        open();
        advance(48_000);
        start();
        record(500);
        assertThat(source.latencyFrames()).isLessThanOrEqualTo(9600);
    }

    @Test
    void skippedFramesAreNotReadLater() {
        open();
        advance(1000);
        start();
        record(5);
        advance(4800);
        skip(4800);
        assertThat(record(1)).isEqualTo(frames(tick - LATENCY - PERIOD + 1, PERIOD));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 300, 2000})
    void aPauseLeavesNoMoreThanAHoleWhileTheHostIsNotBack(int late) {
        open();
        advance(1000);
        start();
        record(5);
        long pauseTick = tick;
        source.pause();
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.HOLD);
        capture.captured(brought(broughtTick + 1, (int) (tick - broughtTick)));
        advance(RATE_HZ);
        startTick += tick - pauseTick;
        lateTicks = late;
        source.start();
        long goesOnAt = tick;
        List<Integer> all = record(20);
        assertThat(all.subList(0, LATENCY)).as("recorded before").isEqualTo(frames(pauseTick - LATENCY + 1, LATENCY));
        assertThat(all.subList(LATENCY, LATENCY + late)).as("the hole").allMatch(frame -> frame == 0);
        assertThat(all.subList(LATENCY + late, 20 * PERIOD))
                .isEqualTo(frames(goesOnAt + late + 1, 20 * PERIOD - LATENCY - late));
        assertThat(source.latencyFrames()).isEqualTo(LATENCY);
        source.close();
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.CLOSE);
    }

    @Test
    void theHostsDeviceIsLetGoWhenNothingIsRecordedForAWhile() {
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.HOLD);
        advance(6 * RATE_HZ);
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.REST);
        start();
        advance(60 * RATE_HZ);
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.RUN);
        source.pause();
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.HOLD);
        advance(6 * RATE_HZ);
        assertThat(capture.wanted(nanoTime())).isEqualTo(HostState.REST);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_500, 3_000, 8_000})
    void whatAHostOwesForAMomentIsHadBackWithinSeconds(int standsFrames) {
        open();
        start();
        record(20);
        held = true;
        List<Integer> all = record(standsFrames / PERIOD + 1);
        held = false;
        all.addAll(record(4));
        long raised = source.latencyFrames() - LATENCY;
        assertThat(raised).isPositive();
        List<Integer> heard = all.stream().filter(frame -> frame != 0).toList();
        assertThat(heard).as("nothing is lost").isEqualTo(frames(heard.get(0), heard.size()));
        long hadBack = 0;
        for (int i = 0; i < 120; i++) {
            record(1);
            hadBack += catchUp();
        }
        assertThat(hadBack).isEqualTo(raised);
        assertThat(source.latencyFrames()).isEqualTo(LATENCY);
        assertThat(record(100)).endsWith((int) tick - LATENCY);
        assertThat(source.latencyFrames()).isEqualTo(LATENCY);
    }

    @Test
    void framesThatAHostLosesWithoutAWordAreMissingAndMakeNothingLate() {
        open();
        start();
        record(20);
        broughtTick += 7_000; // the next that is brought is in the air so much later
        for (int i = 0; i < 400; i++) {
            record(1);
            catchUp();
        }
        List<Integer> all = record(10);
        assertThat(tick - all.get(all.size() - 1)).isBetween(LATENCY - 2L, LATENCY + 2L);
        assertThat(source.latencyFrames()).isEqualTo(LATENCY);
    }

    @Test
    void latencyThatIsNeededNowAndThenIsNotAskedBackAgainAndAgain() {
        open();
        start();
        record(20);
        int raises = 0;
        for (int second = 0; second < 120; second++) {
            long before = source.latencyFrames();
            held = second % 2 == 0;
            record(8);
            held = false;
            record(92);
            raises += source.latencyFrames() > before ? 1 : 0;
            catchUp();
        }
        assertThat(raises).as("times that frames were missing").isBetween(1, 10);
    }

    @Test
    @Tag("SND-59")
    void aLostHostIsSilenceAndComesBackAtTheSameLatency() {
        open();
        advance(1000);
        start();
        record(5);
        reports();
        open = false;
        records = false;
        capture.lost(nanoTime());
        assertThat(reports()).containsExactly("LOST");
        List<Integer> without = record(10);
        assertThat(without.subList(0, LATENCY - chunkFrames))
                .as("what it had brought")
                .isEqualTo(frames(tick - 10 * PERIOD - LATENCY + 1, LATENCY - chunkFrames));
        assertThat(without.subList(LATENCY, 10 * PERIOD)).containsOnly(0);
        open();
        record(10);
        assertThat(record(5)).isEqualTo(frames(tick - LATENCY - 5 * PERIOD + 1, 5 * PERIOD));
        assertThat(source.latencyFrames()).isEqualTo(LATENCY);
    }

    @Test
    void aLostHostIsSaidEvenIfItsLossIsReadBeforeItIsAskedFor() {
        open();
        advance(1000);
        start();
        record(5);
        reports();
        open = false;
        records = false;
        capture.lost(nanoTime());
        record(10); // the place is not known any more
        open();
        advance(PERIOD);
        assertThat(reports()).as("positions that mean nothing are not told").containsExactly("LOST");
        record(10);
        reports();
        advance(PERIOD);
        assertThat(reports()).isNotEmpty().endsWith("at " + (tick - startTick));
    }

    @Test
    void aReaderThatWasAwayForLongGoesOnWithNewFrames() {
        open();
        advance(1000);
        start();
        record(5);
        advance(10 * RATE_HZ); // far more than the ring holds
        skip(10 * RATE_HZ);
        record(5);
        assertThat(record(5)).isEqualTo(frames(tick - LATENCY - 5 * PERIOD + 1, 5 * PERIOD));
    }

    @Test
    void holesAreSilence() {
        open();
        start();
        advance(240);
        capture.silence(480);
        broughtTick += 480;
        advance(720);
        List<Integer> all = new ArrayList<>(read());
        all.addAll(read());
        assertThat(all).containsOnly(0);
        assertThat(record(3)).startsWith(1).containsSequence(240, 0).containsSequence(0, 721);
    }
}
