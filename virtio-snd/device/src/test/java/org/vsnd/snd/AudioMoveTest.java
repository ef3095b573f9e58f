// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.NullSink;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;
import org.vsnd.audio.live.VirtualServer;

/** A back end that finds better host audio than it had takes along the streams that nobody hears. */
class AudioMoveTest {
    private static final long MS = 1_000_000;
    private static final int PERIOD = 480;
    private static final int IN_FLIGHT = 4;
    private static final int OLD = 1;
    private static final int NEW = 2;
    private static final int RX = 1000;

    private final Choice choice = new Choice();
    private Rig rig;
    private VirtualServer first;
    private VirtualServer second;
    private final List<Long> recordedAt = new ArrayList<>();

    /** Host audio that is another one from some moment on. */
    private static final class Choice implements AudioBackend {
        private AudioBackend now = new NullBackend();
        private int generation;

        void becomes(AudioBackend better) {
            now = better;
            generation++;
        }

        @Override
        public int generation() {
            return generation;
        }

        @Override
        public String name() {
            return now.name();
        }

        @Override
        public AudioSink openSink(PcmParams params, String streamName) {
            return now.openSink(params, streamName);
        }

        @Override
        public AudioSource openSource(PcmParams params, String streamName) {
            return now.openSource(params, streamName);
        }

        @Override
        public Optional<Resampler> openResampler(PcmParams params) {
            return now.openResampler(params);
        }

        @Override
        public void close() {}
    }

    /** Hears what the log says is recorded from. */
    private static final class Ear extends Handler implements AutoCloseable {
        private final Logger log = Logger.getLogger(MicrophoneName.class.getName());
        private final List<Object> named = new ArrayList<>();

        Ear() {
            log.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            named.add(line.getParameters()[1]);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            log.removeHandler(this);
        }
    }

    @BeforeEach
    void begin() {
        rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO, choice);
        first = new VirtualServer(() -> rig.thread.nowNanos);
        second = new VirtualServer(() -> rig.thread.nowNanos);
    }

    private void startPlaying() {
        rig.prepare(0, IN_FLIGHT * PERIOD, PERIOD);
        rig.start(0);
        for (int i = 0; i < IN_FLIGHT; i++) {
            rig.play(OLD, PERIOD * Rig.FRAME);
        }
    }

    /** Plays on with messages of such samples; returns how many came back. */
    private int play(int tag, long millis) {
        int done = 0;
        for (long i = 0; i < millis; i++) {
            rig.thread.advance(MS);
            first.step();
            second.step();
            int back = rig.doneTags().size();
            rig.done.clear();
            for (int k = 0; k < back; k++) {
                rig.play(tag, PERIOD * Rig.FRAME);
            }
            done += back;
        }
        return done;
    }

    private static int sample(int tag) {
        return tag * 0x0101_0101;
    }

    private long xruns(int stream) {
        return rig.device.statistics().get(stream).xruns();
    }

    @Test
    @DisplayName(
            "a stream that plays into nothing is heard as soon as there is something, and the guest hardly notices")
    void playingIntoNothingIsHeardWhenThereIsSomething() {
        startPlaying();
        play(OLD, 1000);
        choice.becomes(first);
        play(OLD, 500);
        int done = play(NEW, 2000);

        assertThat(done).isBetween(198, 202);
        assertThat(xruns(0)).isLessThanOrEqualTo(1);
        assertThat(first.heard().get(sample(NEW)).frames()).isGreaterThan(PERIOD * (done - IN_FLIGHT - 4));
        long silentFrames = first.silentFrames();
        play(NEW, 1000);
        assertThat(first.silentFrames()).isEqualTo(silentFrames);
    }

    @Test
    @DisplayName("a stream that is heard stays where it is until it is stopped")
    void whatIsHeardStays() {
        choice.becomes(first);
        startPlaying();
        play(OLD, 500);
        choice.becomes(second);
        play(OLD, 500);
        assertThat(second.heard()).isEmpty();
        assertThat(xruns(0)).isZero();

        play(OLD, 30);
        rig.thread.advance(100 * MS); // the guest has ended its sound
        rig.stop(0);
        rig.done.clear();
        rig.start(0);
        for (int i = 0; i < IN_FLIGHT; i++) {
            rig.play(NEW, PERIOD * Rig.FRAME);
        }
        play(NEW, 500);
        assertThat(second.heard()).containsKey(sample(NEW));
        assertThat(first.heard()).doesNotContainKey(sample(NEW));
    }

    @Test
    @DisplayName("what is prepared again is opened at the better host")
    void whatIsPreparedAgainMoves() {
        choice.becomes(first);
        rig.prepare(0, IN_FLIGHT * PERIOD, PERIOD);
        choice.becomes(second);
        startPlaying();
        play(OLD, 200);

        assertThat(first.heard()).isEmpty();
        assertThat(second.heard()).containsKey(sample(OLD));
    }

    @Test
    @DisplayName(
            "a stream that the host had no room for is heard when it is prepared or started again and there is room")
    void whatThereWasNoRoomForIsAskedForAgain() {
        AudioBackend full = mock(AudioBackend.class);
        when(full.openSink(any(), any())).thenAnswer(call -> new NullSink(call.getArgument(0), true));
        choice.now = full;
        rig.prepare(0, IN_FLIGHT * PERIOD, PERIOD);
        choice.now = first; // of the same generation: a place is free
        startPlaying();
        play(OLD, 200);

        assertThat(first.heard()).containsKey(sample(OLD));
        assertThat(xruns(0)).isZero();
    }

    @Test
    @DisplayName("a recording of nothing goes on with a microphone, at the same pace")
    void aRecordingOfNothingGoesOnWithAMicrophone() {
        LiveHost microphone = microphone();
        rig.prepare(1, IN_FLIGHT * PERIOD, PERIOD);
        rig.start(1);
        for (int i = 0; i < IN_FLIGHT; i++) {
            recordedAt.add(rig.record(RX, PERIOD * Rig.FRAME));
        }
        record(100, microphone);
        assertThat(isSilent(99)).isTrue();

        try (Ear ear = new Ear()) {
            choice.becomes(microphone);
            record(100, microphone);
            assertThat(ear.named)
                    .as("said at once, though nothing was named a moment ago")
                    .containsExactly("live");
        }
        assertThat(isSilent(199)).isFalse();
        assertThat(xruns(1)).isZero();
    }

    @Test
    @DisplayName("a recording that was prepared before the better host was found begins there, as playback does")
    void aRecordingBeginsAtTheBetterHost() {
        LiveHost microphone = microphone();
        choice.becomes(microphone());
        rig.prepare(1, IN_FLIGHT * PERIOD, PERIOD);
        choice.becomes(microphone);
        rig.start(1);
        for (int i = 0; i < IN_FLIGHT; i++) {
            recordedAt.add(rig.record(RX, PERIOD * Rig.FRAME));
        }
        record(50, microphone);
        assertThat(isSilent(49)).isFalse();
        assertThat(xruns(1)).isZero();
    }

    private LiveHost microphone() {
        LiveHost microphone = new LiveHost(0, 0, false);
        microphone.thread = rig.thread;
        microphone.startNanos = rig.thread.nowNanos;
        return microphone;
    }

    private void record(int messages, LiveHost microphone) {
        long fromNanos = rig.thread.nowNanos;
        for (int done = 0; done < messages; ) {
            rig.thread.advance(MS);
            microphone.report();
            int back = rig.doneTags().size();
            rig.done.clear();
            for (int k = 0; k < back; k++) {
                recordedAt.add(rig.record(RX, PERIOD * Rig.FRAME));
            }
            done += back;
        }
        long periods = (rig.thread.nowNanos - fromNanos) / (10 * MS);
        assertThat(periods).isBetween(messages - 3L, messages + 3L);
    }

    private boolean isSilent(int message) {
        for (byte sample : rig.bytes(recordedAt.get(message), PERIOD * Rig.FRAME)) {
            if (sample != 0) {
                return false;
            }
        }
        return true;
    }
}
