package org.vsnd.it.bench.audio;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Children;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.it.bench.BenchException;
import org.vsnd.it.bench.Direction;
import org.vsnd.it.bench.Document;
import org.vsnd.it.bench.MarkdownTable;
import org.vsnd.it.bench.Probe;
import org.vsnd.it.bench.ProbeResult;
import org.vsnd.it.bench.ServeProcess;
import org.vsnd.it.bench.ServeStatistics;
import org.vsnd.it.bench.Shape;
import org.vsnd.it.bench.Workshop;
import org.vsnd.it.server.PulseServer;

/** Eight streams each way at once on one server: of a guest's, then of pacat's and parec's. */
final class StreamsRun implements Measurement {
    private static final int EACH_WAY = 8;
    private static final Shape SHAPE = Shape.ofPeriod(1024);
    private static final String SINK = "out";
    private static final String SOURCE = "in";
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Workshop workshop;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<String> complaints = new ArrayList<>();
    private long guestXruns;
    private long deviceXruns;
    private long reanchorings;
    private double vsndShare;
    private double vsndServerShare;
    private double guestShare;
    private double pacatShare;
    private double parecShare;
    private double pacatServerShare;

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
        Path folder;
        try {
            folder = Files.createDirectories(workshop.folder().resolve("streams"));
        } catch (IOException e) {
            throw new BenchException("cannot make a folder: " + e.getMessage(), e);
        }
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                .nullSink(SINK)
                .nullSink(SOURCE)
                .start()) {
            workshop.tell("streams: " + EACH_WAY + " + " + EACH_WAY + " of a guest's");
            measureVsnd(server, folder);
            workshop.tell("streams: " + EACH_WAY + " pacat, " + EACH_WAY + " parec");
            measureTools(server, folder);
        }
    }

    private void measureVsnd(PulseServer server, Path folder)
            throws BenchException, BootException, InterruptedException {
        List<String> settings = List.of("outputs=" + EACH_WAY, "inputs=" + EACH_WAY);
        String backend = "pulse:" + SINK + "," + SOURCE + ".monitor";
        try (ServeProcess serve = ServeProcess.start(folder, backend, settings, Clients.of(server));
                LinuxGuest guest = workshop.bootWithCardOn(serve.socket())) {
            Probe probe = new Probe(0, Direction.BOTH, SHAPE, warmUpSeconds + seconds + 2, false);
            CpuWatch watch = watch(List.of(List.of(serve.pid()), server.pids(), List.of(guest.pid())));
            for (ProbeResult result : probe.runOnEach(guest, EACH_WAY)) {
                guestXruns += result.xruns();
                if (result.failure() != null) {
                    complaints.add("a stream in the guest failed: " + result.failure());
                }
            }
            watch.await();
            vsndShare = watch.share(0);
            vsndServerShare = watch.share(1);
            guestShare = watch.share(2);
            List<ServeStatistics> lines = serve.statistics();
            for (ServeStatistics.Stream stream : lines.get(lines.size() - 1).streams()) {
                deviceXruns += stream.xruns();
                reanchorings += stream.reanchorings();
                if (stream.messages() == 0) {
                    complaints.add("a stream had no messages");
                }
            }
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
        complaints.forEach(document::miss);
        document.goal(guestXruns == 0, guestXruns + " xruns in the guest with " + 2 * EACH_WAY + " streams");
        document.goal(deviceXruns == 0, deviceXruns + " xruns of the card with " + 2 * EACH_WAY + " streams");
        MarkdownTable table = new MarkdownTable(
                "what", "streams", "CPU", "per stream", "the server's beside it", "xruns in the guest", "of the card");
        row(table, "vsnd", 2 * EACH_WAY, vsndShare, vsndServerShare, "" + guestXruns, "" + deviceXruns);
        row(table, "pacat", EACH_WAY, pacatShare, pacatServerShare, "", "");
        row(table, "parec", EACH_WAY, parecShare, pacatServerShare, "", "");
        document.part(title(), """
                A Debian guest plays on %1$d devices and records on %1$d, all at once, 1024/4096 frames of S16 stereo at 48 kHz, target
                20 ms, on one PulseAudio server: a null sink, and the monitor of another. Then as many `pacat` and `parec` with 20 ms of
                latency do the same, all at once. CPU as a share of one processor over %2$d s, after %3$d s, from /proc; of all
                processes of a kind together; the server's is for all the streams. QEMU used %4$s meanwhile; clocks were
                placed anew %5$d times. Goal: no xruns.""".formatted(
                                EACH_WAY, seconds, warmUpSeconds, Numbers.percent(guestShare), reanchorings), table);
    }

    private static void row(
            MarkdownTable table,
            String what,
            int streams,
            double share,
            double serverShare,
            String guestXruns,
            String deviceXruns) {
        table.row(
                what,
                "" + streams,
                Numbers.percent(share),
                Numbers.percent(share / streams),
                Numbers.percent(serverShare),
                guestXruns,
                deviceXruns);
    }
}
