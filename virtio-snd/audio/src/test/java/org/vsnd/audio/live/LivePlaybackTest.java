// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioSink;

class LivePlaybackTest {
    private static final int TARGET = 960;
    private static final int LOW = 480;

    private static List<Integer> frames(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    private static List<Integer> silence(int frames) {
        return Collections.nCopies(frames, 0);
    }

    private static SimulatedHost playing(AudioSink[] sink) {
        SimulatedHost host = new SimulatedHost(100);
        sink[0] = host.playback.sink();
        host.open(TARGET, LOW);
        host.advance(100);
        sink[0].start();
        host.heard.clear();
        return host;
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 100, 4800})
    void firstFrameIsHeardTheTargetAfterItWasHandedOverAndTheRestHasNoSeam(int chunkFrames) {
        SimulatedHost host = new SimulatedHost(chunkFrames);
        AudioSink sink = host.playback.sink();
        host.open(TARGET, LOW);
        host.advance(12_345);
        sink.start();
        host.heard.clear();
        for (int message = 0; message < 10; message++) {
            host.hand(sink, 480);
            host.advance(480);
        }
        assertThat(host.heard.subList(0, TARGET)).isEqualTo(silence(TARGET));
        assertThat(host.heard.subList(TARGET, 4800)).isEqualTo(frames(1, 4800 - TARGET));
    }

    @Test
    void hostGrantsMoreThanWasAskedFor() {
        SimulatedHost host = new SimulatedHost(100);
        AudioSink sink = host.playback.sink();
        assertThat(sink.targetFrames()).isEqualTo(TARGET);
        host.open(2000, LOW);
        assertThat(sink.targetFrames()).isEqualTo(2000);
        sink.start();
        host.heard.clear();
        host.hand(sink, 480);
        host.advance(2001);
        assertThat(host.heard.subList(0, 2000)).isEqualTo(silence(2000));
        assertThat(host.heard.get(2000)).isEqualTo(1);
    }

    @Test
    void positionsCountTheDevicesFramesAndNotTheSilence() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        host.hand(sink[0], 480);
        host.advance(TARGET);
        assertThat(SimulatedHost.reports(sink[0])).containsExactly("at 0");
        host.advance(1);
        assertThat(SimulatedHost.reports(sink[0])).containsExactly("at 1");
        host.advance(478);
        assertThat(SimulatedHost.reports(sink[0])).hasSize(64).startsWith("at 2"); // the ring is full
        host.advance(1000);
        assertThat(SimulatedHost.reports(sink[0])).as("silence is nobody's").isEmpty();
        sink[0].gap(1000);
        host.hand(sink[0], 480);
        host.advance(TARGET + 1);
        assertThat(SimulatedHost.reports(sink[0])).containsExactly("at 480", "at 481");
    }

    @Test
    void aLateDeviceIsCoveredBySilenceReportedAndBackAtTheTarget() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        host.hand(sink[0], 480);
        host.advance(480 + 400); // queue: 480 + 960 - 880 = 560, still above what the host needs
        assertThat(host.queuedFrames()).isEqualTo(560);
        host.advance(300); // late by more than can be hidden
        host.heard.clear();
        SimulatedHost.reports(sink[0]);
        host.hand(sink[0], 480);
        host.advance(TARGET + 1);
        assertThat(host.heard.get(TARGET - 1)).isZero();
        assertThat(host.heard.get(TARGET)).isEqualTo(481);
        assertThat(host.heard).doesNotContain(-1);
        assertThat(SimulatedHost.reports(sink[0])).first().isEqualTo("XRUN");
    }

    @Test
    void aLittleLatenessIsNotHeardAtAll() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        host.hand(sink[0], 480);
        host.advance(480 + 400);
        host.hand(sink[0], 480);
        host.advance(900);
        assertThat(host.heard.subList(TARGET, TARGET + 800)).isEqualTo(frames(1, 800));
        assertThat(SimulatedHost.reports(sink[0])).doesNotContain("XRUN");
    }

    @Test
    void pauseKeepsWhatIsQueuedToTheFrame() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        host.hand(sink[0], 2400);
        host.advance(1500);
        sink[0].pause();
        assertThat(host.playback.wanted(host.nanoTime())).isEqualTo(HostState.HOLD);
        host.advance(48_000);
        sink[0].start();
        host.fill();
        host.advance(1500);
        assertThat(host.heard.subList(TARGET, TARGET + 2000)).isEqualTo(frames(1, 2000));
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 100})
    void whatAHostDropsWhenItPausesIsGivenAgain(int chunkFrames) {
        SimulatedHost host = new SimulatedHost(chunkFrames);
        AudioSink sink = host.playback.sink();
        host.open(TARGET, LOW);
        sink.start();
        host.heard.clear();
        host.hand(sink, 2400);
        host.advance(500); // in the middle of the silence before the first frame
        for (int pause = 0; pause < 5; pause++) {
            sink.pause();
            host.dropQueue();
            sink.start();
            host.fill();
            host.advance(300);
        }
        assertThat(host.heard.subList(TARGET, 2000)).isEqualTo(frames(1, 2000 - TARGET));
        assertThat(SimulatedHost.reports(sink)).doesNotContain("XRUN");
    }

    @Test
    void endOfAStreamPlaysOutAndLingersBeforeTheHostMayRest() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        host.hand(sink[0], 100);
        sink[0].drain();
        host.advance(TARGET + 100);
        assertThat(host.heard.subList(TARGET, TARGET + 100)).isEqualTo(frames(1, 100));
        host.advance(40_000);
        assertThat(host.playback.wanted(host.nanoTime())).isEqualTo(HostState.RUN);
        host.advance(9_000);
        assertThat(host.playback.wanted(host.nanoTime())).isEqualTo(HostState.HOLD);
        assertThat(host.heard).as("silence as long as it runs").doesNotContain(-1);
        assertThat(SimulatedHost.reports(sink[0])).doesNotContain("XRUN");
    }

    @Test
    void aReleasedStreamPlaysOutAndIsKeptForTheNextOne() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        host.hand(sink[0], 1000);
        sink[0].close();
        host.advance(TARGET + 20_000);
        assertThat(host.heard.subList(TARGET, TARGET + 1000)).isEqualTo(frames(1, 1000));
        assertThat(host.playback.wanted(host.nanoTime())).isEqualTo(HostState.RUN);

        AudioSink next = host.playback.sink();
        next.start();
        host.heard.clear();
        host.hand(next, 480);
        host.advance(TARGET + 2);
        assertThat(host.heard.get(TARGET)).isEqualTo(1001);
        assertThat(SimulatedHost.reports(next)).as("counted anew").containsExactly("at 0", "at 1", "at 2");
        next.close();
        host.advance(60_000);
        assertThat(host.playback.wanted(host.nanoTime())).isEqualTo(HostState.CLOSE);
    }

    @Test
    void framesWaitForAHostThatIsBeingOpened() {
        SimulatedHost host = new SimulatedHost(100);
        AudioSink sink = host.playback.sink();
        sink.start();
        host.hand(sink, 480);
        host.advance(4800);
        sink.close();
        assertThat(host.playback.wanted(host.nanoTime()))
                .as("a short sound is not lost")
                .isEqualTo(HostState.RUN);
        host.open(TARGET, LOW);
        host.advance(1000);
        assertThat(host.heard.subList(0, 480)).as("late already, so at once").isEqualTo(frames(1, 480));
        assertThat(SimulatedHost.reports(sink)).doesNotContain("XRUN", "LOST");
    }

    @Test
    @Tag("SND-59")
    void framesForALostHostAreLetGoAndSoundReturnsWithIt() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        host.hand(sink[0], 480);
        host.advance(480);
        SimulatedHost.reports(sink[0]);
        host.lose();
        for (int message = 0; message < 1000; message++) {
            host.hand(sink[0], 480);
            host.advance(480);
        }
        assertThat(SimulatedHost.reports(sink[0])).containsExactly("LOST");
        host.open(TARGET, LOW);
        host.hand(sink[0], 480);
        host.advance(TARGET + 1);
        assertThat(host.heard.get(TARGET)).isEqualTo(1001 * 480 + 1);
        assertThat(SimulatedHost.reports(sink[0])).containsExactly("at 480480", "at 480481");
    }

    @Test
    void aHostThatNeverOpensIsReportedLostOnce() {
        SimulatedHost host = new SimulatedHost(100);
        AudioSink sink = host.playback.sink();
        sink.start();
        host.advance(20_000);
        assertThat(SimulatedHost.reports(sink)).isEmpty();
        host.advance(48_000);
        assertThat(SimulatedHost.reports(sink)).containsExactly("LOST");
        sink.close();
        assertThat(host.playback.wanted(host.nanoTime())).isEqualTo(HostState.CLOSE);
    }

    @Test
    void aHostThatRunsDryAgainAndAgainIsGivenMoreWithinLimits() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        for (int i = 0; i < 20; i++) {
            host.hand(sink[0], 480);
            host.advance(30);
            host.playback.xrun(host.nanoTime());
            assertThat(SimulatedHost.reports(sink[0]))
                    .endsWith("XRUN")
                    .filteredOn("XRUN"::equals)
                    .hasSize(1);
        }
        assertThat(sink[0].targetFrames()).isEqualTo(9600);
        host.advance(9600);
        host.playback.xrun(host.nanoTime());
        assertThat(SimulatedHost.reports(sink[0]))
                .as("in silence nobody hears it")
                .doesNotContain("XRUN");
    }

    @Test
    void framesLostBehindAHangingAudioThreadAreCountedAsPlayed() {
        AudioSink[] sink = new AudioSink[1];
        SimulatedHost host = playing(sink);
        ByteBuffer tooMany = ByteBuffer.allocate(4 * 200_000);
        int taken = sink[0].write(tooMany);
        assertThat(taken).isLessThan(200_000);
        host.fill();
        host.advance(TARGET + taken);
        SimulatedHost.reports(sink[0]);
        sink[0].gap(0);
        host.hand(sink[0], 480);
        host.advance(TARGET + 1);
        assertThat(SimulatedHost.reports(sink[0])).endsWith("at 200001");
    }
}
