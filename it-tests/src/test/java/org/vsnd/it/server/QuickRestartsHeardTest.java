// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.WallBus;
import org.vsnd.guest.host.WallHost;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;

/** Haiku's driver and the whole card, with streams that end and begin anew at once, heard through real servers. */
@Tag("server")
@DisplayName("Quick restarts of Haiku's streams")
class QuickRestartsHeardTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int RATE_HZ = 48_000;
    private static final int PERIOD_FRAMES = 16_384;
    private static final int RAM_BYTES = 32 << 20;
    private static final int VECTORS = 2048;
    /** So many starts at the beginning are compared with as many at the end: on a busy machine one may be late by itself. */
    private static final int SOME = 5;
    /** Where lateness adds up it is 65 ms and more with each restart. */
    private static final double SLACK_MILLIS = 60;

    /**
     * A server on a machine that stands still for a moment leaves out a quantum of its own, 256 to 1024 frames: the rest
     * stays in its place. The card's own faults are of another size, or in every start.
     */
    private static final int STUMBLE_FRAMES = 1024;

    private static final int MOST_BROKEN = 2;

    @TempDir
    Path folder;

    private int start;
    private boolean filled;

    /** What a guest does between two sounds. */
    private enum Restart {
        CLOSE {
            @Override
            MultiAudioNode begin(HaikuMachine haiku, @Nullable MultiAudioNode before, QuickRestartsHeardTest guest) {
                haiku.close();
                MultiAudioNode node = guest.node(haiku);
                node.start();
                return node;
            }
        },
        SET_FORMAT {
            @Override
            MultiAudioNode begin(HaikuMachine haiku, @Nullable MultiAudioNode before, QuickRestartsHeardTest guest) {
                if (before == null) {
                    return CLOSE.begin(haiku, null, guest);
                }
                before.setFormat(SampleFormat.S16, RATE_HZ);
                return before;
            }
        },
        FORCE_STOP {
            @Override
            MultiAudioNode begin(HaikuMachine haiku, @Nullable MultiAudioNode before, QuickRestartsHeardTest guest) {
                if (before == null) {
                    return CLOSE.begin(haiku, null, guest);
                }
                before.forceStop();
                before.start();
                return before;
            }
        };

        /** Returns a node whose next exchange starts the streams. */
        abstract MultiAudioNode begin(
                HaikuMachine haiku, @Nullable MultiAudioNode before, QuickRestartsHeardTest guest);
    }

    private MultiAudioNode node(HaikuMachine haiku) {
        return new MultiAudioNode(
                haiku.open(), NodeSettings.of(SampleFormat.S16, RATE_HZ), this::fill, RecordedSink.NONE);
    }

    /** Each start has a piece of the pattern of its own, as long as a period. */
    private void fill(ByteBuffer frames) {
        byte[] pattern = FramePattern.frames(S16, (start + 1) * PERIOD_FRAMES);
        filled = true;
        frames.put(Arrays.copyOfRange(pattern, start * frames.remaining(), pattern.length));
    }

    /** What is there at first is silence: two exchanges after the first one whose buffer was filled, that one is played. */
    private long playOnce(MultiAudioNode node) {
        filled = false;
        while (!filled) {
            node.exchange();
        }
        node.exchange();
        return node.exchange().startNanos();
    }

    @AfterEach
    void end() {
        PulseAddress.forget();
    }

    @ParameterizedTest
    @CsvSource({
        "PULSEAUDIO, CLOSE, 20", "PULSEAUDIO, SET_FORMAT, 10", "PULSEAUDIO, FORCE_STOP, 10",
        "PIPEWIRE, CLOSE, 20", "PIPEWIRE, SET_FORMAT, 10", "PIPEWIRE, FORCE_STOP, 10"
    })
    @DisplayName("what is played after the last of many is heard whole, and as late as after the first")
    void areHeardAsLateAsTheFirst(ServerKind kind, Restart restart, int restarts) throws Exception {
        List<Long> sentNanos = new ArrayList<>();
        HeardPattern heard;
        long xruns;
        try (AudioServer server = kind.start(folder.resolve("server"));
                MonitorRecorder recorder =
                        MonitorRecorder.start(server, ServerKind.SOURCE, S16, folder.resolve("heard"))) {
            RealTime.raise(server);
            PulseAddress.use(server);
            WallHost host = new WallHost(
                    FlatMemory.open(0, RAM_BYTES),
                    new InterruptLog(VECTORS, false),
                    () -> RealtimePriority.request(50));
            String backend = "pulse:" + ServerKind.SINK + "," + ServerKind.SOURCE;
            SoundCard card = new VirtioSoundPlugin().create(host, Map.of("backend", backend));
            try (WallBus bus = new WallBus(host, card)) {
                HaikuMachine haiku = new HaikuMachine(bus, HaikuVersion.MASTER);
                haiku.firmware();
                haiku.boot();
                MultiAudioNode node = null;
                for (start = 0; start <= restarts; start++) {
                    node = restart.begin(haiku, node, this);
                    sentNanos.add(playOnce(node));
                }
                haiku.close();
                recorder.awaitMore(2 * RATE_HZ);
                xruns = card.statistics().get(0).xruns();
            }
            heard = HeardPattern.in(recorder.soFar(), S16, (restarts + 1) * PERIOD_FRAMES);
        }

        List<Double> lateMillis = lateMillis(heard, sentNanos);
        System.out.printf(
                "%s, %s: %s ms later than after the first start, %d xruns; %s%n",
                kind, restart, lateMillis, xruns, heard);
        int broken = 0;
        for (int i = 0; i <= restarts; i++) {
            int missingFrames = missingFrames(heard, i);
            broken += missingFrames > 0 ? 1 : 0;
            assertThat(missingFrames)
                    .as("frames of start %d that are not heard where they belong: %s", i, heard.runs())
                    .isLessThanOrEqualTo(STUMBLE_FRAMES);
        }
        assertThat(broken).as("starts that are broken: %s", heard.runs()).isLessThanOrEqualTo(MOST_BROKEN);
        assertThat(median(lateMillis.subList(restarts + 1 - SOME, restarts + 1)))
                .as(
                        "ms from the message to the monitor, after the last ones less after the first ones; all: %s",
                        lateMillis)
                .isCloseTo(median(lateMillis.subList(0, SOME)), within(SLACK_MILLIS));
    }

    /** Frames of a start's sound that are not where its first or its last frame says that they belong. */
    private static int missingFrames(HeardPattern heard, int start) {
        int first = start * PERIOD_FRAMES;
        int end = first + PERIOD_FRAMES;
        long byFirst = heard.placeOf(first) - first;
        long byLast = heard.placeOf(end - 1) - (end - 1);
        int most = 0;
        for (long place : new long[] {byFirst, byLast}) {
            int inPlace = heard.runs().stream()
                    .filter(run -> run.at() - run.first() == place)
                    .mapToInt(run ->
                            Math.max(0, Math.min(end, run.first() + run.frames()) - Math.max(first, run.first())))
                    .sum();
            most = Math.max(most, inPlace);
        }
        return PERIOD_FRAMES - most;
    }

    /** From the message to the monitor, for each start, less what it was for the first. */
    private static List<Double> lateMillis(HeardPattern heard, List<Long> sentNanos) {
        List<Double> lateMillis = new ArrayList<>();
        long firstPlace = heard.placeOf(0);
        for (int i = 0; i < sentNanos.size(); i++) {
            double heardMillis = (heard.placeOf((long) i * PERIOD_FRAMES) - firstPlace) * 1000.0 / RATE_HZ;
            double sentMillis = (sentNanos.get(i) - sentNanos.get(0)) / 1e6;
            lateMillis.add(Math.round((heardMillis - sentMillis) * 10) / 10.0);
        }
        return lateMillis;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
