// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.Numbers;
import org.vsnd.bench.ServeProcess;
import org.vsnd.bench.ServeStatistics;
import org.vsnd.bench.Shape;
import org.vsnd.bench.Workshop;
import org.vsnd.cli.boot.BootException;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.server.FilePlayer;
import org.vsnd.it.server.MonitorRecorder;
import org.vsnd.it.server.PulseServer;
import org.vsnd.measure.Sample;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

/** Ever lower targets, playback and capture at once, until neither is whole any more. */
final class LowestRun implements Measurement {
    private static final int[] TARGETS_MILLIS = {50, 40, 30, 20, 15, 10, 7, 5, 3, 2};
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    /** So many periods that the client is not what is late. */
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 7680);

    private static final String SINK = "out";
    private static final String SOURCE = "in";
    /** The machine may have been late by itself: what is not whole is tried once more. */
    private static final int TIMES = 2;

    private static final int SPARE_SECONDS = 10;
    private static final int SETTLING_SECONDS = 2;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Workshop workshop;
    private final int seconds;
    private final List<Try> tries = new ArrayList<>();

    /**
     * What came of one target.
     *
     * @param breaks in what was heard, or recorded, after the first two seconds
     * @param xruns that the card told the guest of
     */
    private record Outcome(long breaks, long xruns, long reanchorings, double reportedNanos) {
        boolean whole() {
            return breaks == 0 && xruns == 0;
        }
    }

    private record Try(int targetMillis, Outcome playback, Outcome capture) {}

    LowestRun(Workshop workshop, int seconds) {
        this.workshop = workshop;
        this.seconds = seconds;
    }

    @Override
    public String title() {
        return "Lowest latency";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        boolean playing = true;
        boolean recording = true;
        for (int i = 0; i < TARGETS_MILLIS.length && (playing || recording); i++) {
            int target = TARGETS_MILLIS[i];
            for (int time = 1;
                    time <= TIMES && !(whole(target, true, playing) && whole(target, false, recording));
                    time++) {
                workshop.tell("lowest latency: " + target + " ms" + (time > 1 ? " again" : ""));
                tries.add(measure(target));
            }
            playing &= whole(target, true, playing);
            recording &= whole(target, false, recording);
        }
    }

    /** Whether a direction was whole at a target once, or is not asked for any more. */
    private boolean whole(int target, boolean playback, boolean asked) {
        return !asked
                || tries.stream()
                        .filter(one -> one.targetMillis == target)
                        .anyMatch(one -> (playback ? one.playback : one.capture).whole());
    }

    private Try measure(int targetMillis) throws BenchException, BootException, InterruptedException {
        Path folder = workshop.newFolder("lowest" + targetMillis);
        int frames = (SETTLING_SECONDS + seconds) * Shape.RATE_HZ;
        int sourceFrames = frames + SPARE_SECONDS * Shape.RATE_HZ;
        String backend = "pulse:" + SINK + "," + SOURCE + ".monitor";
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                        .nullSink(SINK)
                        .nullSink(SOURCE)
                        .start();
                ServeProcess serve = ServeProcess.start(
                        folder, backend, List.of("target=" + targetMillis + "ms"), ServerAddress.of(server));
                MonitorRecorder heard = MonitorRecorder.start(server, SINK + ".monitor", S16, folder.resolve("heard"));
                FilePlayer source = FilePlayer.start(
                        server, SOURCE, S16, FramePattern.frames(S16, sourceFrames), folder.resolve("source"));
                CardClient client = CardClient.connect(serve.socket())) {
            ClientStream play =
                    client.add(ClientStream.playing(client.driver(), SETUP, FramePattern.frames(S16, frames)));
            ClientStream record = client.add(ClientStream.recording(client.driver(), SETUP));
            client.run(frames / SETUP.periodFrames(), frames * 1_000_000_000L / Shape.RATE_HZ);
            if (!source.isPlaying()) {
                throw new BenchException("what is to be recorded ended too soon");
            }
            List<ServeStatistics> lines = serve.statistics();
            List<ServeStatistics.Stream> streams = lines.get(lines.size() - 1).streams();
            int settled = SETTLING_SECONDS * Shape.RATE_HZ;
            long playedBreaks = HeardPattern.in(heard.soFar(), S16, frames).runs().stream()
                    .skip(1)
                    .filter(run -> run.first() >= settled)
                    .count();
            long recordedBreaks =
                    new RecordedFrames(HeardPattern.in(record.recorded(), S16, sourceFrames)).breaksFrom(settled);
            return new Try(
                    targetMillis,
                    outcome(playedBreaks, play, only(streams, true)),
                    outcome(recordedBreaks, record, only(streams, false)));
        }
    }

    private static ServeStatistics.Stream only(List<ServeStatistics.Stream> streams, boolean playback)
            throws BenchException {
        return streams.stream()
                .filter(stream -> stream.playback() == playback)
                .findFirst()
                .orElseThrow(() -> new BenchException("--stats does not show the stream"));
    }

    private static Outcome outcome(long breaks, ClientStream stream, ServeStatistics.Stream counted) {
        double reported = Sample.of(stream.completions().stream()
                        .skip(stream.completions().size() / 2)
                        .mapToDouble(completion -> completion.latencyFrames() * NANOS_PER_SECOND / Shape.RATE_HZ)
                        .toArray())
                .median();
        return new Outcome(breaks, counted.xruns(), counted.reanchorings(), reported);
    }

    @Override
    public void write(Document document) {
        MarkdownTable table = new MarkdownTable(
                "target, ms",
                "playback: reported, ms",
                "breaks",
                "xruns",
                "anew",
                "capture: reported, ms",
                "breaks",
                "xruns",
                "anew");
        for (Try one : tries) {
            table.row(
                    "" + one.targetMillis,
                    Numbers.millis(one.playback.reportedNanos),
                    "" + one.playback.breaks,
                    "" + one.playback.xruns,
                    "" + one.playback.reanchorings,
                    Numbers.millis(one.capture.reportedNanos),
                    "" + one.capture.breaks,
                    "" + one.capture.xruns,
                    "" + one.capture.reanchorings);
        }
        document.part(title(), """
                Playback into a PulseAudio null sink and capture from another's monitor at once, by a client of our own, 480/7680
                frames, %d s for each target: whether what a recorder on the monitor heard, and what the client recorded, is
                unbroken after two seconds (the first messages can be cut by the host being opened). Reported: what the
                server granted, from `latency_bytes` of the second half. Anew: how often the card placed its clock anew.
                A target that was not whole was tried once more. Lowest without a break or an xrun, like all above it: playback
                %s, capture %s.""".formatted(seconds, lowest(true), lowest(false)), table);
        int highest = TARGETS_MILLIS[0];
        document.goal(whole(highest, true, true), "playback with a target of " + highest + " ms");
        document.goal(whole(highest, false, true), "capture with a target of " + highest + " ms");
    }

    private String lowest(boolean playback) {
        String lowest = "none";
        for (int target : TARGETS_MILLIS) {
            if (!whole(target, playback, true)) {
                return lowest;
            }
            lowest = target + " ms";
        }
        return lowest;
    }
}
