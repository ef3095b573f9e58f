// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.Numbers;
import org.vsnd.bench.Probe;
import org.vsnd.bench.ProbeResult;
import org.vsnd.bench.ServeProcess;
import org.vsnd.bench.ServeStatistics;
import org.vsnd.bench.Shape;
import org.vsnd.bench.StreamDirections;
import org.vsnd.bench.Workshop;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Children;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.it.server.PulseServer;

/** Eight streams each way at once on one server: of a guest's, then of pacat's and parec's. */
final class StreamsRun implements Measurement {
    private static final int EACH_WAY = 8;
    private static final Shape SHAPE = Shape.longest(1024);
    private static final String SINK = "out";
    private static final String SOURCE = "in";
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Workshop workshop;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<Guests> guests = new ArrayList<>();
    private double pacatShare;
    private double parecShare;
    private double pacatServerShare;

    /** What a guest's streams came to with one back end. */
    private record Guests(
            String backend,
            double vsndShare,
            double serverShare,
            double guestShare,
            long guestXruns,
            long deviceXruns,
            long reanchorings,
            List<String> complaints) {
        void judge(Document document) {
            complaints.forEach(complaint -> document.miss(complaint + ", back end " + backend));
            document.goal(guestXruns == 0, guestXruns + " xruns in the guest with all streams, back end " + backend);
            document.goal(deviceXruns == 0, deviceXruns + " xruns of the card with all streams, back end " + backend);
        }
    }

    StreamsRun(Workshop workshop, int seconds, int warmUpSeconds) {
        this.workshop = workshop;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    @Override
    public String title() {
        return "Streams";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        Path folder = workshop.newFolder("streams");
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                .nullSink(SINK)
                .nullSink(SOURCE)
                .start()) {
            measureVsnd(server, folder, "pulse", "pulse:" + SINK + "," + SOURCE + ".monitor");
            measureVsnd(server, folder, "null", "null");
            workshop.tell("streams: " + EACH_WAY + " pacat, " + EACH_WAY + " parec");
            measureTools(server, folder);
        }
    }

    private void measureVsnd(PulseServer server, Path folder, String name, String backend)
            throws BenchException, BootException, InterruptedException {
        workshop.tell("streams: " + EACH_WAY + " + " + EACH_WAY + " of a guest's, back end " + name);
        List<String> settings = List.of("outputs=" + EACH_WAY, "inputs=" + EACH_WAY);
        try (ServeProcess serve = ServeProcess.start(folder, backend, settings, ServerAddress.of(server));
                LinuxGuest guest = workshop.bootWithCardOn(serve.socket())) {
            Probe probe = new Probe(0, StreamDirections.BOTH, SHAPE, warmUpSeconds + seconds + 2, false);
            CpuWatch watch = watch(List.of(List.of(serve.pid()), server.pids(), List.of(guest.pid())));
            List<ProbeResult> results = probe.runOnEach(guest, EACH_WAY);
            watch.await();
            List<String> complaints = new ArrayList<>();
            results.stream()
                    .filter(result -> result.failure() != null)
                    .forEach(result -> complaints.add(result.stream() + " in the guest failed: " + result.failure()));
            List<ServeStatistics> lines = serve.statistics();
            List<ServeStatistics.Stream> streams = lines.get(lines.size() - 1).streams();
            guests.add(new Guests(
                    name,
                    watch.share(0),
                    watch.share(1),
                    watch.share(2),
                    results.stream().mapToLong(ProbeResult::xruns).sum(),
                    streams.stream().mapToLong(ServeStatistics.Stream::xruns).sum(),
                    streams.stream()
                            .mapToLong(ServeStatistics.Stream::reanchorings)
                            .sum(),
                    complaints));
        }
    }

    private CpuWatch watch(List<List<Long>> groups) {
        return new CpuWatch(warmUpSeconds * NANOS_PER_SECOND, seconds * NANOS_PER_SECOND, groups);
    }

    private void measureTools(PulseServer server, Path folder) throws BenchException, InterruptedException {
        List<Process> players = new ArrayList<>();
        List<Process> recorders = new ArrayList<>();
        try {
            for (int i = 0; i < EACH_WAY; i++) {
                players.add(start(server, folder, "pacat", "--playback", "--device=" + SINK));
                recorders.add(start(server, folder, "parec", "--record", "--device=" + SOURCE + ".monitor"));
            }
            CpuWatch watch = watch(List.of(pids(players), pids(recorders), server.pids()));
            watch.await();
            pacatShare = watch.share(0);
            parecShare = watch.share(1);
            pacatServerShare = watch.share(2);
            if (players.stream().anyMatch(player -> !player.isAlive())
                    || recorders.stream().anyMatch(recorder -> !recorder.isAlive())) {
                throw new BenchException("a pacat or parec has ended early");
            }
        } finally {
            players.forEach(Children::end);
            recorders.forEach(Children::end);
        }
    }

    private static List<Long> pids(List<Process> processes) {
        return processes.stream().map(Process::pid).toList();
    }

    /** With the latency that vsnd's streams aim at. */
    private static Process start(PulseServer server, Path folder, String... command) throws BenchException {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--raw", "--latency-msec=20", "--format=s16le", "--rate=48000", "--channels=2"));
        ProcessBuilder builder = new ProcessBuilder(all)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/zero")))
                .redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("tools.log").toFile()));
        builder.environment().putAll(server.environment());
        try {
            return Children.start(builder);
        } catch (IOException e) {
            throw new BenchException("cannot start " + command[0] + ": apt-get install pulseaudio-utils", e);
        }
    }

    @Override
    public void write(Document document) {
        MarkdownTable table = new MarkdownTable(
                "what",
                "streams",
                "CPU",
                "per stream",
                "the server's beside it",
                "QEMU's",
                "xruns in the guest",
                "of the card",
                "clocks placed anew");
        for (Guests one : guests) {
            one.judge(document);
            table.row(
                    "vsnd, " + one.backend,
                    "" + 2 * EACH_WAY,
                    Numbers.percent(one.vsndShare),
                    Numbers.percent(one.vsndShare / (2 * EACH_WAY)),
                    Numbers.percent(one.serverShare),
                    Numbers.percent(one.guestShare),
                    "" + one.guestXruns,
                    "" + one.deviceXruns,
                    "" + one.reanchorings);
        }
        toolRow(table, "pacat", pacatShare);
        toolRow(table, "parec", parecShare);
        document.part(title(), """
                A Debian guest plays on %1$d devices and records on %1$d, all at once, 1024/15360 frames of S16 stereo at 48 kHz, target
                20 ms, on one PulseAudio server: a null sink, and the monitor of another. The same with the null back end is
                the control: what happens there is the guest's or the machine's. Then as many `pacat` and `parec` with 20 ms of
                latency on that server, all at once. CPU as a share of one processor over %2$d s, after %3$d s, from /proc, of all
                processes of a kind together; the server's is for all that ran. Goal: no xruns.""".formatted(EACH_WAY, seconds, warmUpSeconds), table);
    }

    private void toolRow(MarkdownTable table, String what, double share) {
        table.row(
                what,
                "" + EACH_WAY,
                Numbers.percent(share),
                Numbers.percent(share / EACH_WAY),
                Numbers.percent(pacatServerShare),
                "",
                "",
                "",
                "");
    }
}
