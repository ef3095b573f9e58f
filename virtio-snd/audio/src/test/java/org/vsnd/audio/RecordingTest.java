package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host that records frame n at its n-th tick and brings frames in chunks, in simulated time. */
class RecordingTest {
    private static final int RATE_HZ = 48_000;
    private static final int LATENCY = 960;
    private static final int PERIOD = 480;
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, LATENCY, 4 * PERIOD);

    private final FrameClock clock = new FrameClock(RATE_HZ);
    private final Recording recording = new Recording(PARAMS, () -> {}, this::nanoTime);
    private final AudioSource source = recording.source();

    private long tick; // frames of time
    private long broughtTick; // frames before this one were given to the recording
    private int chunkFrames = 240;
    private boolean open;
    private long startTick;
    private long takenFrames; // read or skipped

    private long nanoTime() {
        return clock.nanosOf(tick);
    }

    private void open() {
        recording.opened(LATENCY, nanoTime());
        open = true;
        broughtTick = tick;
        recording.position(0, nanoTime());
    }

    private void advance(long frames) {
        for (long i = 0; i < frames; i++) {
            tick++;
            if (open && tick - broughtTick >= chunkFrames) {
                bring();
            }
        }
    }

    private void bring() {
        ByteBuffer chunk = ByteBuffer.allocate(4 * chunkFrames).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < chunkFrames; i++) {
            chunk.putInt((int) ++broughtTick);
        }
        recording.captured(chunk.flip());
        recording.position(tick - broughtTick, nanoTime());
    }

    private void start() {
        source.start();
        assertThat(recording.wanted(nanoTime())).isEqualTo(HostState.RUN); // the audio thread was woken
        startTick = tick;
    }

    /** What the device does when a message is full. */
    private List<Integer> read() {
        ByteBuffer dst = ByteBuffer.allocate(4 * PERIOD).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(source.read(dst, dueFrames())).isEqualTo(PERIOD);
        takenFrames += PERIOD;
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
    void framesAreReadTheLatencyAfterTheyWereInTheAirFromTheFirstOne(int chunk) {
        chunkFrames = chunk;
        open();
        advance(100_000);
        start();
        assertThat(record(20)).isEqualTo(frames(100_001 - LATENCY, 20 * PERIOD));
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
        long before = tick;
        advance(240 - before % 240);
        assertThat(reports()).endsWith("at " + (tick - startTick));
    }

    @Test
    void aHostThatOpensLateIsSilenceUntilThen() {
        advance(1000);
        start();
        assertThat(record(2)).containsOnly(0);
        open();
        List<Integer> then = record(10);
        assertThat(then.subList(0, LATENCY + PERIOD))
                .as("and until it was asked once")
                .containsOnly(0);
        assertThat(then.subList(LATENCY + PERIOD, 10 * PERIOD))
                .isEqualTo(frames(startTick + 3 * PERIOD + 1, 7 * PERIOD));
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

    @Test
    void pauseHoldsTheHostAndGoesOnWhereItStood() {
        open();
        advance(1000);
        start();
        record(5);
        source.pause();
        assertThat(recording.wanted(nanoTime())).isEqualTo(HostState.HOLD);
        source.start();
        assertThat(recording.wanted(nanoTime())).isEqualTo(HostState.RUN);
        assertThat(record(1)).isEqualTo(frames(tick - LATENCY - PERIOD + 1, PERIOD));
        source.close();
        assertThat(recording.wanted(nanoTime())).isEqualTo(HostState.CLOSE);
    }

    @Test
    void aLostHostIsSilenceAndComesBackAtTheSameLatency() {
        open();
        advance(1000);
        start();
        record(5);
        reports();
        open = false;
        recording.lost(nanoTime());
        assertThat(reports()).containsExactly("LOST");
        assertThat(record(10)).containsOnly(0);
        open();
        record(10);
        assertThat(record(5)).isEqualTo(frames(tick - LATENCY - 5 * PERIOD + 1, 5 * PERIOD));
        assertThat(source.latencyFrames()).isEqualTo(LATENCY);
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
        advance(960);
        start();
        advance(240);
        recording.silence(480);
        broughtTick += 480;
        advance(720);
        List<Integer> all = new ArrayList<>(read());
        all.addAll(read());
        assertThat(all).startsWith(1).endsWith(960);
        assertThat(record(1)).containsSequence(1200, 0).contains(0);
    }
}
