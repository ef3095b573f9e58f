// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.IrqTap;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.Probe;
import org.vsnd.bench.ProbeResult;
import org.vsnd.bench.ServeProcess;
import org.vsnd.bench.ServeStatistics;
import org.vsnd.bench.Shape;
import org.vsnd.bench.Stamps;
import org.vsnd.bench.StreamDirections;
import org.vsnd.bench.Workshop;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.it.server.ConverterPace;
import org.vsnd.it.server.PipeReader;
import org.vsnd.it.server.PulseServer;
import org.vsnd.measure.LineFit;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

/** A Debian guest plays into PulseAudio sinks with clocks of their own; irqtap sees its completions. */
final class ClockRun implements Measurement {
    private static final int PPM = 500;
    private static final Shape SHAPE = Shape.longest(1024);
    private static final SoundFormat FORMAT = SoundFormat.S16_STEREO_48K;
    private static final String SINK = "dac";
    /** One for each queue, so that playback has its own. */
    private static final String VECTORS = "msix=5";

    private static final int TX_VECTOR = 3;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Workshop workshop;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<ClockLine> lines = new ArrayList<>();

    /** @param warmUpSeconds played before what counts, each time: the loop locks */
    ClockRun(Workshop workshop, int seconds, int warmUpSeconds) {
        this.workshop = workshop;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    @Override
    public String title() {
        return "Clock";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        measurePipe("pipe sink, +500 ppm", PPM);
        measurePipe("pipe sink, -500 ppm", -PPM);
        Path folder = workshop.newFolder("clock-null");
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                        .nullSink(SINK)
                        .start();
                StampedRecorder recorder =
                        StampedRecorder.start(server, SINK + ".monitor", FORMAT, folder.resolve("parec.log"))) {
            measure("null sink", 0, server, folder, null, recorder);
        }
    }

    private void measurePipe(String name, int ppm) throws BenchException, BootException, InterruptedException {
        Path folder = workshop.newFolder("clock" + ppm);
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                        .pipeSink(SINK, FORMAT)
                        .start();
                PipeReader reader = PipeReader.start(server, SINK, FORMAT, ConverterPace.ppm(ppm), folder)) {
            measure(name, ppm, server, folder, reader, null);
        }
    }

    private void measure(
            String name,
            int ppm,
            PulseServer server,
            Path folder,
            @Nullable PipeReader reader,
            @Nullable StampedRecorder recorder)
            throws BenchException, BootException, InterruptedException {
        workshop.tell("clock: " + name);
        ProbeResult result;
        Stamps stamps;
        List<ServeStatistics> statistics;
        try (ServeProcess serve =
                        ServeProcess.start(folder, "pulse:" + SINK, List.of(VECTORS), ServerAddress.of(server));
                IrqTap tap = IrqTap.start(workshop.irqtap(), folder.resolve("tap"), serve.socket());
                LinuxGuest guest = workshop.bootWithCardOn(tap.socket())) {
            tap.record(SHAPE);
            Probe probe = new Probe(0, StreamDirections.PLAYBACK, SHAPE, warmUpSeconds + seconds, true);
            result = probe.run(guest).get(0);
            stamps = tap.stop();
            statistics = serve.statistics();
        }
        if (result.failure() != null) {
            throw new BenchException("the guest's stream failed: " + result.failure());
        }
        CompletionClock clock = CompletionClock.of(
                stamps.times(TX_VECTOR),
                stamps.times(Stamps.CONTROL),
                SHAPE,
                result.frames() / SHAPE.periodFrames(),
                warmUpSeconds * NANOS_PER_SECOND);
        HeardFrames heard = null;
        if (reader != null) {
            reader.stop();
            int frames = Math.toIntExact(result.frames());
            heard = new HeardFrames(HeardPattern.in(reader.soFar(), FORMAT, frames), reader.times());
        }
        SinkClock sinkClock = SinkClock.known(ppm);
        if (recorder != null) {
            recorder.stop();
            List<CompletionClock.Completion> seen = clock.completions();
            LineFit frames = recorder.clockBetween(
                    seen.get(0).nanos(), seen.get(seen.size() - 1).nanos());
            sinkClock = SinkClock.seen(frames, FORMAT.rateHz());
        }
        lines.add(ClockLine.of(
                name,
                sinkClock,
                SHAPE,
                result.xruns(),
                Reported.playbackXruns(statistics),
                clock,
                reportedAfterWarmUp(statistics),
                heard));
    }

    private List<LatencyTrend.At> reportedAfterWarmUp(List<ServeStatistics> statistics) {
        return Reported.playback(statistics, warmUpSeconds * NANOS_PER_SECOND);
    }

    @Override
    public void write(Document document) {
        MarkdownTable table = new MarkdownTable(
                "sink",
                "interrupts",
                "rate, ppm",
                "the sink's, ppm",
                "off by",
                "vsnd p50",
                "p99",
                "max",
                "control p99",
                "max",
                "xruns in the guest",
                "of the card",
                "breaks heard",
                "missed by the reader");
        MarkdownTable latencies = new MarkdownTable(
                "sink",
                "reported, begin",
                "end",
                "measured, begin",
                "end",
                "reported - measured, median",
                "p99 of its size");
        for (ClockLine line : lines) {
            line.judge(document);
            line.row(table);
            line.latencyRow(latencies);
        }
        document.part(title(), """
                A Debian guest plays 1024/15360 frames (the longest buffer that its driver has: an emulated guest is late by 80 ms
                now and then), S16 stereo at 48 kHz, for %d s and %d s more before that in which the loop locks (not counted), through `vsnd serve --backend pulse:SINK` into PulseAudio sinks. A pipe sink has no clock but
                its reader's, which runs at its own rate of the monotonic clock; a null sink rounds each block's length to
                microseconds and so has a rate of its own too, which is told from when `parec` gets its monitor's frames.
                Interrupts are stamped on the client's side of the vfio-user socket, outside vsnd. Rate: how much faster than
                nominal the completions came, with the fit's standard error; off by: that less the sink's. Distances from the
                least-squares line in ms; control: a bare timerfd loop of the same period beside it. Goals: rate within 1 ppm plus
                the error; p99 within 0.2 ms of the control's; no xruns and no breaks in what was heard. Frames
                that the reader missed: PulseAudio's own thread was late, beyond vsnd.""".formatted(seconds, warmUpSeconds), table);
        document.part("Latency along the clock", """
                The same runs, in ms: the latency that the device reported, once per second (`--stats`), and the time from each
                completion until the message's last frame had been read at the far end of the pipe; medians of the first and the
                last ten seconds (a third of shorter runs). Goals: neither grows by more than 1 ms, and reported and measured (the median) are within
                1 ms of each other. Not measured where the sound broke: an xrun of the card's is the guest's lateness, and
                on a busy machine an emulated guest is late.""", latencies);
    }
}
