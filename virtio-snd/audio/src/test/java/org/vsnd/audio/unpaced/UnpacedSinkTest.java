// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.unpaced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.LogLines;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.live.SimulatedHost;

/** A guest whose time is not the host's, in simulated time. */
class UnpacedSinkTest {
    private static final int PERIOD = 480;
    private static final int TARGET = (int) SimulatedHost.PARAMS.targetFrames();
    private static final long MOST = SimulatedHost.PARAMS.burstFrames() + 2L * TARGET;

    private final SimulatedHost host = new SimulatedHost(PERIOD);
    private final List<String> warnings = new ArrayList<>();
    private AudioSink sink;

    @BeforeEach
    void open() {
        sink = new UnpacedSink(host.playback.sink(), SimulatedHost.PARAMS, host::nanoTime, warnings::add);
        host.open(TARGET, PERIOD);
        host.advance(10_000);
        sink.start();
        host.heard.clear();
    }

    /** The guest hands over periods, each as long after the one before as the host takes to play so many frames. */
    private void play(int periods, int framesApart) {
        for (int i = 0; i < periods; i++) {
            host.hand(sink, PERIOD);
            assertThat(host.queuedFrames()).isLessThanOrEqualTo((int) MOST);
            host.advance(framesApart);
        }
    }

    private void playOut() {
        sink.drain();
        host.advance(MOST);
    }

    private List<Integer> sound() {
        return host.heard.stream().filter(frame -> frame > 0).toList();
    }

    /** Lengths of unbroken pieces of what was heard. */
    private List<Integer> pieces() {
        List<Integer> pieces = new ArrayList<>();
        int last = -1;
        for (int frame : host.heard) {
            if (frame > 0 && frame == last + 1 && !pieces.isEmpty()) {
                pieces.set(pieces.size() - 1, pieces.get(pieces.size() - 1) + 1);
            } else if (frame > 0) {
                pieces.add(1);
            }
            last = frame;
        }
        return pieces;
    }

    @Test
    void aGuestInRealTimeIsHeardWhole() {
        play(200, PERIOD);
        playOut();
        assertThat(pieces()).containsExactly(200 * PERIOD);
        assertThat(host.heard.indexOf(1)).isEqualTo(TARGET);
        assertThat(sink.droppedFrames()).isZero();
        assertThat(sink.silentFrames()).isZero();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aGuestThatIsLateByLessThanTheCushionIsHeardWhole() {
        for (int i = 0; i < 50; i++) {
            play(1, 2 * PERIOD - 10);
            play(1, 10);
        }
        playOut();
        assertThat(pieces()).containsExactly(100 * PERIOD);
        assertThat(warnings).isEmpty();
    }

    @Test
    void aGuestThatIsTooFastIsHeardInLongPiecesWithoutSilence() {
        play(2_000, PERIOD / 10);
        playOut();
        List<Integer> pieces = pieces();
        assertThat(pieces).hasSizeGreaterThan(2);
        assertThat(pieces.subList(0, pieces.size() - 1)).allMatch(frames -> frames > MOST / 2);
        assertThat(sound()).hasSize((int) (2_000 * PERIOD - sink.droppedFrames()));
        assertThat(sound()).isSorted();
        assertThat(sink.droppedFrames()).isGreaterThanOrEqualTo(2_000L * PERIOD - 96_000 - MOST);
        assertThat(sink.silentFrames()).isZero();
        assertThat(warnings).isNotEmpty();
    }

    @Test
    void aGuestThatIsTooSlowIsHeardWholeWithSilenceInBetween() {
        play(10, 10 * PERIOD);
        playOut();
        assertThat(sound()).hasSize(10 * PERIOD).isSorted();
        assertThat(pieces()).hasSize(10);
        assertThat(sink.droppedFrames()).isZero();
        assertThat(sink.silentFrames()).isCloseTo(9L * 9 * PERIOD, within(18L));
        assertThat(warnings).isNotEmpty();
    }

    @Test
    void aGuestThatHasNothingToPlayIsNotTooSlow() {
        play(1, 10 * PERIOD);
        sink.gap(9 * PERIOD);
        play(1, 10 * PERIOD);
        sink.drain();
        sink.start();
        play(1, PERIOD);
        assertThat(sink.silentFrames()).isZero();
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatIsQueuedStandsStillWhileTheGuestHasPaused() {
        play(2, PERIOD);
        sink.pause();
        host.advance(100_000);
        sink.start();
        play(10, PERIOD);
        playOut();
        assertThat(pieces()).containsExactly(12 * PERIOD);
        assertThat(sink.silentFrames()).isZero();
    }

    @Test
    void aReportThatComesWhenTheGuestHasJustPausedIsOldWhenItGoesOn() {
        play(2, PERIOD);
        sink.pause();
        host.playback.heard(host.queuedFrames() - 1, host.nanoTime() + 1);
        host.advance(100_000);
        sink.start();
        play(10, PERIOD);
        playOut();
        assertThat(pieces()).containsExactly(12 * PERIOD);
        assertThat(sink.silentFrames()).isZero();
        assertThat(warnings).isEmpty();
    }

    @Test
    void nothingOfTheHostReachesTheGuest() {
        host.lose();
        host.open(5_000, PERIOD);
        play(3, PERIOD);
        assertThat(sink.targetFrames()).isEqualTo(TARGET);
        assertThat(sink.reports()).isSameAs(PositionReports.NONE);
    }

    @Test
    void oneLineTellsOfItHoweverOftenItHappens() {
        try (LogLines log = new LogLines()) {
            AudioBackend live = mock(AudioBackend.class);
            when(live.openSink(any(), any())).thenReturn(host.playback.sink());
            UnpacedBackend backend = new UnpacedBackend(live, host::nanoTime);
            sink = backend.openSink(SimulatedHost.PARAMS, "output 7");
            sink.start();
            play(5, 100 * PERIOD);
            for (int i = 0; i < 100; i++) {
                host.hand(sink, PERIOD);
            }
            assertThat(sink.droppedFrames()).isPositive();
            assertThat(sink.silentFrames()).isPositive();
            assertThat(log.with("output 7")).hasSize(1);
        }
    }
}
