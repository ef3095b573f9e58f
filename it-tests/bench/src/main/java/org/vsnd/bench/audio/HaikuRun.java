// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DuplexExchange;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.it.server.ConverterPace;
import org.vsnd.it.server.PipeReader;
import org.vsnd.it.server.PipeTimes;
import org.vsnd.it.server.PipeWriter;
import org.vsnd.it.server.PulseServer;
import org.vsnd.measure.Sample;
import org.vsnd.measure.ToneFit;
import org.vsnd.measure.sound.SoundFormat;

/** Full duplex with one message in flight, as Haiku's driver does it, with converters 500 ppm apart. */
final class HaikuRun implements Measurement {
    private static final int PPM = 250;
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final String SINK = "dac";
    private static final String SOURCE = "adc";
    private static final int TONE_HZ = 440;
    private static final double CYCLES_PER_FRAME = (double) TONE_HZ / Shape.RATE_HZ;
    private static final double AMPLITUDE = 16_000;
    private static final int PIECE_FRAMES = 480;
    private static final int SPARE_SECONDS = 30;
    private static final int THINK_NANOS = 2_000_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double PERIOD_SECONDS = (double) DuplexExchange.PERIOD_FRAMES / Shape.RATE_HZ;

    /** A sample this far from the sine, as a share of its amplitude, is a click: some bits of a 16-bit sample are not. */
    private static final double CLICK = 0.01;
    /** Half a frame left out or repeated. */
    private static final double SLIP_FRAMES = 0.5;

    private final Workshop workshop;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<Long> latencyFrames = new ArrayList<>();

    private Sample intervals = Sample.of();
    private long xruns;
    private long warmUpXruns;
    private long soundBreaks;
    private LatencyTrend apart = new LatencyTrend(Double.NaN, Double.NaN);
    private LatencyTrend playback = new LatencyTrend(Double.NaN, Double.NaN);
    private LatencyTrend capture = new LatencyTrend(Double.NaN, Double.NaN);
    private LatencyTrend captureReported = new LatencyTrend(Double.NaN, Double.NaN);
    private double worstResidual;
    private long slips;
    private double toneOffPpm;

    HaikuRun(Workshop workshop, int seconds, int warmUpSeconds) {
        this.workshop = workshop;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    @Override
    public String title() {
        return "Haiku's exchange";
    }

    private int exchanges(int forSeconds) {
        return (int) Math.ceil(forSeconds / PERIOD_SECONDS);
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        workshop.tell("Haiku's exchange, converters " + 2 * PPM + " ppm apart");
        Path folder = workshop.newFolder("haiku");
        byte[] tone = tone((warmUpSeconds + seconds + SPARE_SECONDS) * Shape.RATE_HZ);
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                        .pipeSink(SINK, S16)
                        .pipeSource(SOURCE, S16)
                        .start();
                PipeReader reader = PipeReader.start(server, SINK, S16, ConverterPace.ppm(PPM), folder);
                PipeWriter writer = PipeWriter.start(server, SOURCE, S16, ConverterPace.ppm(-PPM), tone, folder);
                ServeProcess serve = ServeProcess.start(
                        folder, "pulse:" + SINK + "," + SOURCE, List.of(), ServerAddress.of(server));
                CardClient client = CardClient.connect(serve.socket())) {
            DuplexExchange exchange = new DuplexExchange(client.driver(), SndWire.FMT_S16, SndWire.RATE_48000);
            client.driver()
                    .onCompletion(message -> latencyFrames.add((long) message.latencyBytes() / S16.frameBytes()));
            try {
                exchange.start();
                exchange.exchanges(exchanges(warmUpSeconds + seconds), THINK_NANOS);
            } catch (DeviceFaultException e) {
                throw new BenchException("the exchange failed: " + e.getMessage(), e);
            }
            List<ServeStatistics> lines = serve.statistics();
            xruns = xruns(lines.get(lines.size() - 1));
            long startNanos = lines.stream()
                    .filter(line -> line.streams().stream().anyMatch(ServeStatistics.Stream::started))
                    .mapToLong(ServeStatistics::uptimeNanos)
                    .findFirst()
                    .orElse(0);
            lines.stream()
                    .filter(line -> line.uptimeNanos() <= startNanos + warmUpSeconds * NANOS_PER_SECOND)
                    .forEach(line -> warmUpXruns = xruns(line));
            exchange.stop();
            reader.stop();
            writer.stop();
            lookAtPlayback(exchange, reader.soFar(), reader.times());
            lookAtCapture(exchange, writer.times());
        }
    }

    private static long xruns(ServeStatistics line) {
        return line.streams().stream().mapToLong(ServeStatistics.Stream::xruns).sum();
    }

    private static byte[] tone(int frames) {
        ByteBuffer out = ByteBuffer.allocate(frames * S16.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int frame = 0; frame < frames; frame++) {
            short sample = (short) Math.round(AMPLITUDE * Math.sin(2 * Math.PI * CYCLES_PER_FRAME * frame));
            out.putShort(sample).putShort(sample);
        }
        return out.array();
    }

    private void lookAtPlayback(DuplexExchange exchange, byte[] heard, PipeTimes times) {
        int silence = 0;
        while (silence < heard.length && heard[silence] == 0) {
            silence++;
        }
        int first = silence / S16.frameBytes();
        int from = exchanges(warmUpSeconds);
        List<DuplexExchange.Times> all = exchange.times();
        double[] lengths = new double[Math.max(0, all.size() - from - 1)];
        List<LatencyTrend.At> measured = new ArrayList<>();
        for (int i = from; i < all.size(); i++) {
            if (i > from) {
                lengths[i - from - 1] =
                        all.get(i).playedNanos() - all.get(i - 1).playedNanos();
            }
            long end = first + (i + 1L) * DuplexExchange.PERIOD_FRAMES;
            if (end < times.frames()) {
                long at = all.get(i).playedNanos();
                measured.add(new LatencyTrend.At(at, times.nanosOf(end) - at));
            }
        }
        intervals = Sample.of(lengths);
        apart = LatencyTrend.of(all.subList(Math.min(from, all.size()), all.size()).stream()
                .map(one -> new LatencyTrend.At(one.playedNanos(), one.recordedNanos() - one.playedNanos()))
                .toList());
        playback = LatencyTrend.of(measured);
        soundBreaks = breaks(exchange, heard, silence);
    }

    /** Places where what was heard does not go on as it was played, as far as it was heard by the end. */
    private static long breaks(DuplexExchange exchange, byte[] heard, int from) {
        int length = (int) Math.min(exchange.bytesSent(), heard.length - from);
        byte[] sent = BytePattern.bytes(exchange.output(), 0, length);
        int differs = Arrays.mismatch(heard, from, from + length, sent, 0, length);
        int lastPeriods = 2 * DuplexExchange.PERIOD_FRAMES * S16.frameBytes(); // STOP may cut them
        return differs >= 0 && differs < exchange.bytesSent() - lastPeriods ? 1 : 0;
    }

    private void lookAtCapture(DuplexExchange exchange, PipeTimes given) throws BenchException {
        ByteBuffer recorded = ByteBuffer.wrap(exchange.recorded()).order(ByteOrder.LITTLE_ENDIAN);
        int from = exchanges(warmUpSeconds) * DuplexExchange.PERIOD_FRAMES;
        int frames = recorded.limit() / S16.frameBytes() - from;
        double[] samples = new double[Math.max(0, frames)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = recorded.getShort((from + i) * S16.frameBytes());
        }
        ToneFit fit = ToneFit.of(samples, CYCLES_PER_FRAME, PIECE_FRAMES);
        if (fit.pieces().size() < 3) {
            throw new BenchException("nothing was recorded after the warm-up");
        }
        worstResidual = fit.worstResidual();
        slips = fit.jumps(SLIP_FRAMES);
        toneOffPpm = fit.ppb(CYCLES_PER_FRAME) / 1e3;
        List<LatencyTrend.At> ages = new ArrayList<>();
        List<LatencyTrend.At> reported = new ArrayList<>();
        List<DuplexExchange.Times> all = exchange.times();
        double anchor = given.nanosAtClock(0);
        for (int i = exchanges(warmUpSeconds); i < all.size(); i++) {
            double end = (i + 1.0) * DuplexExchange.PERIOD_FRAMES - from;
            double toneNanos = fit.toneFrameAt(end, CYCLES_PER_FRAME) * given.nanosPerFrame();
            long at = all.get(i).recordedNanos();
            ages.add(new LatencyTrend.At(at, at - anchor - toneNanos)); // but for whole cycles: only its growth counts
            int record = 2 * i + 1;
            if (record < latencyFrames.size()) {
                double nanos = latencyFrames.get(record) * NANOS_PER_SECOND / Shape.RATE_HZ;
                reported.add(new LatencyTrend.At(at, nanos));
            }
        }
        capture = LatencyTrend.of(ages);
        captureReported = LatencyTrend.of(reported);
    }

    @Override
    public void write(Document document) {
        document.goal(xruns == 0, xruns + " xruns in Haiku's exchange");
        document.goal(soundBreaks == 0, "what Haiku's exchange plays is heard unbroken");
        document.goal(playback.steady(), "playback's backlog grows in Haiku's exchange");
        document.goal(apart.steady(), "the two directions of Haiku's exchange drift apart");
        document.goal(capture.steady(), "capture's backlog grows in Haiku's exchange");
        document.goal(worstResidual <= CLICK, "a click in the tone recorded in Haiku's exchange");
        MarkdownTable table = new MarkdownTable("what", "figure", "goal");
        double expected = PERIOD_SECONDS * NANOS_PER_SECOND / (1 + PPM / 1e6);
        table.row("exchanges", "" + intervals.count(), "");
        table.row(
                "interval, median, less that of the sink's clock, ms",
                Numbers.signedMillis(intervals.median() - expected),
                "");
        table.row("xruns", xruns + ", " + warmUpXruns + " of them in the warm-up", "0");
        table.row("breaks in what was heard", "" + soundBreaks, "0");
        table.row(
                "playback's completion to capture's, growth, ms",
                Numbers.signedMillis(apart.growthNanos()),
                "within 1");
        table.row("playback: completion to ear, growth, ms", Numbers.signedMillis(playback.growthNanos()), "within 1");
        table.row("capture: air to completion, growth, ms", Numbers.signedMillis(capture.growthNanos()), "within 1");
        table.row("capture: reported latency, begin, ms", Numbers.millis(captureReported.beginNanos()), "");
        table.row("capture: reported latency, end, ms", Numbers.millis(captureReported.endNanos()), "");
        table.row("recorded tone: largest distance from a sine", Numbers.percent(worstResidual), "1 %");
        table.row("recorded tone: frames left out or repeated", "" + slips, "counted");
        table.row("recorded tone: off in frequency, ppm", Numbers.decimal("%+.2f", toneOffPpm), "-500 if resampled");
        document.part(title(), """
                A client that exchanges 16384-frame messages as Haiku's driver does (one to play, wait, one to record, wait, 2 ms of
                thinking), for %d s after %d s in which the loop locks. It plays into a PulseAudio pipe sink whose reader is 250 ppm
                fast, and records a tone of %d Hz from a pipe source whose writer is 250 ppm slow. The tone is fitted with a sine
                in pieces of 10 ms: a click is a sample more than 1 %% of the amplitude off it, a frame left out or repeated a jump of the
                phase by half a frame or more. Growth: medians of the last ten seconds (a third of shorter runs) less those
                of the first.""".formatted(seconds, warmUpSeconds, TONE_HZ), table);
    }
}
