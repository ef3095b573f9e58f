// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.ServeProcess;
import org.vsnd.bench.Shape;
import org.vsnd.bench.Workshop;
import org.vsnd.bench.audio.LatencyLine.Pair;
import org.vsnd.cli.boot.BootException;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.server.ConverterPace;
import org.vsnd.it.server.PipeReader;
import org.vsnd.it.server.PipeTimes;
import org.vsnd.it.server.PipeWireServer;
import org.vsnd.it.server.PipeWriter;
import org.vsnd.it.server.PulseServer;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

/** Reported latency against the time at which frames are heard at the far end of a server, or were given there. */
final class HeardLatencyRun implements Measurement {
    private static final List<String> TARGETS = List.of("5ms", "20ms", "100ms");
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 3840);
    private static final String SINK = "dac";
    private static final String SOURCE = "adc";
    private static final int SPARE_SECONDS = 30;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double ALLOWANCE_NANOS = 1e6;
    private static final int MOST_SETTLING_SECONDS = 10;

    private final Workshop workshop;
    private final int seconds;
    private final List<LatencyLine> lines = new ArrayList<>();

    HeardLatencyRun(Workshop workshop, int seconds) {
        this.workshop = workshop;
        this.seconds = seconds;
    }

    @Override
    public String title() {
        return "Latency";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        for (String target : TARGETS) {
            workshop.tell("latency: PulseAudio pipes, target " + target);
            measurePipes(target);
        }
        for (String target : TARGETS) {
            workshop.tell("latency: PipeWire, target " + target);
            measurePipeWire(target);
        }
    }

    private int settlingSeconds() {
        return Math.min(MOST_SETTLING_SECONDS, seconds / 2 + 1);
    }

    private int patternFrames() {
        return (settlingSeconds() + seconds) * Shape.RATE_HZ;
    }

    private long messages() {
        return patternFrames() / SETUP.periodFrames();
    }

    private long settlingMessages() {
        return (long) settlingSeconds() * Shape.RATE_HZ / SETUP.periodFrames();
    }

    private void measurePipes(String target) throws BenchException, BootException, InterruptedException {
        Path folder = workshop.newFolder("latency" + target);
        int givenFrames = patternFrames() + SPARE_SECONDS * Shape.RATE_HZ;
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                        .module(WideSink.module(SINK, folder.resolve("pulse").resolve(SINK + ".fifo")))
                        .pipeSource(SOURCE, S16)
                        .start();
                PipeReader reader = PipeReader.start(server, SINK, WideSink.FORMAT, ConverterPace.ppm(0), folder);
                PipeWriter writer = PipeWriter.start(
                        server, SOURCE, S16, ConverterPace.ppm(0), FramePattern.frames(S16, givenFrames), folder);
                ServeProcess serve = ServeProcess.start(
                        folder, "pulse:" + SINK + "," + SOURCE, List.of("target=" + target), ServerAddress.of(server));
                CardClient client = CardClient.connect(serve.socket())) {
            ClientStream play =
                    client.add(ClientStream.playing(client.driver(), SETUP, FramePattern.frames(S16, patternFrames())));
            ClientStream record = client.add(ClientStream.recording(client.driver(), SETUP));
            client.run(messages(), patternFrames() * 1_000_000_000L / Shape.RATE_HZ);
            reader.stop();
            writer.stop();
            HeardPattern heard = HeardPattern.in(WideSink.stereo(reader.soFar()), S16, patternFrames());
            lines.add(played("playback, PulseAudio pipe sink", target, play, new HeardFrames(heard, reader.times())));
            HeardPattern recorded = HeardPattern.in(record.recorded(), S16, givenFrames);
            lines.add(recorded(target, record, new RecordedFrames(recorded), writer.times()));
        }
    }

    private LatencyLine played(String what, String target, ClientStream stream, HeardFrames heard) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = (int) settlingMessages(); i < stream.completions().size(); i++) {
            ClientStream.Completion completion = stream.completions().get(i);
            long last = (i + 1L) * SETUP.periodFrames() - 1;
            pairs.add(new Pair(nanos(completion.latencyFrames()), heard.endOf(last) - completion.nanos()));
        }
        long from = settlingMessages() * SETUP.periodFrames();
        return LatencyLine.of(
                what,
                target,
                pairs,
                ALLOWANCE_NANOS,
                stream.releaseNanos(),
                heard.breaksFrom(from) + " breaks, " + heard.missesFrom(from) + " missed");
    }

    private LatencyLine recorded(String target, ClientStream stream, RecordedFrames frames, PipeTimes given) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = (int) settlingMessages(); i < stream.completions().size(); i++) {
            ClientStream.Completion completion = stream.completions().get(i);
            long last = frames.frameAt((i + 1L) * SETUP.periodFrames() - 1);
            double measured = last < 0 ? Double.NaN : completion.nanos() - given.nanosAtClock(last + 1.0);
            pairs.add(new Pair(nanos(completion.latencyFrames()), measured));
        }
        return LatencyLine.of(
                "capture, PulseAudio pipe source",
                target,
                pairs,
                ALLOWANCE_NANOS,
                stream.releaseNanos(),
                frames.breaksFrom(settlingMessages() * SETUP.periodFrames()) + " breaks");
    }

    private void measurePipeWire(String target) throws BenchException, BootException, InterruptedException {
        Path folder = workshop.newFolder("pw" + target);
        try (PipeWireServer server = PipeWireServer.builder(folder.resolve("s"))
                        .nullSink(SINK)
                        .start();
                ServeProcess serve = ServeProcess.start(
                        folder, "pulse:" + SINK, List.of("target=" + target), ServerAddress.of(server));
                StampedRecorder recorder =
                        StampedRecorder.start(server, SINK + ".monitor", S16, folder.resolve("parec.log"));
                CardClient client = CardClient.connect(serve.socket())) {
            ClientStream play =
                    client.add(ClientStream.playing(client.driver(), SETUP, FramePattern.frames(S16, patternFrames())));
            client.run(messages(), patternFrames() * 1_000_000_000L / Shape.RATE_HZ);
            recorder.stop();
            HeardPattern heard = HeardPattern.in(recorder.data(), S16, patternFrames());
            lines.add(monitored(target, play, heard, recorder, nanos(server.quantumFrames())));
        }
    }

    private LatencyLine monitored(
            String target, ClientStream stream, HeardPattern heard, StampedRecorder recorder, double quantumNanos) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = (int) settlingMessages(); i < stream.completions().size(); i++) {
            ClientStream.Completion completion = stream.completions().get(i);
            long last = (i + 1L) * SETUP.periodFrames() - 1;
            long place = heard.placeOf(last);
            double at = place < 0 ? Double.NaN : recorder.endOf(place);
            pairs.add(new Pair(nanos(completion.latencyFrames()), at - completion.nanos()));
        }
        return LatencyLine.of(
                "playback, PipeWire null sink",
                target,
                pairs,
                quantumNanos,
                stream.releaseNanos(),
                heard.runs().size() - 1 + " breaks");
    }

    private static double nanos(long frames) {
        return frames * NANOS_PER_SECOND / Shape.RATE_HZ;
    }

    @Override
    public void write(Document document) {
        MarkdownTable table = new MarkdownTable(
                "stream",
                "target",
                "messages",
                "reported",
                "measured",
                "reported - measured, median",
                "p1",
                "p99",
                "allowed",
                "RELEASE",
                "sound");
        for (LatencyLine line : lines) {
            line.judge(document);
            line.row(table);
        }
        document.part(title(), """
                A client of our own plays and records 480/3840 frames of S16 stereo at 48 kHz; every frame says which one it is.
                Playback: from a message's completion until its last frame has been read at the far end of a PulseAudio pipe
                sink, against the `latency_bytes` it came back with. Capture: from the time at which a message's last frame
                was given to a pipe source until the completion. In ms, medians; the targets are what was asked for (`--set
                target=`), the reported latency is what the server granted. The pipe itself (two pages: 5.3 ms of the eight 32-bit channels
                that the sink has for this) is part of the sink's latency as PulseAudio knows it: a frame is heard when the reader, a DAC
                that takes 12 frames each 0.25 ms, takes it, in the mean over such a tick. Goal: the medians within 1 ms; the tails have the
                client's and the server's lateness in them too. PipeWire has no such sink: there, a frame is timed by the piece in
                which `parec` on the null sink's monitor hands it out, whose last frame is taken for just played, and one
                quantum is allowed. RELEASE: until that request was answered, the streams running and all their messages pending;
                goal: 10 ms, since the client polls.""", table);
    }
}
