// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.WorkFolder;
import org.vsnd.cli.boot.BootException;
import org.vsnd.guest.haiku.NodeSettings;

/** Media servers that pause while the streams run. */
final class PauseRun implements Measurement {
    private static final GuestFormat FORMAT = GuestFormat.S16_48000;
    private static final List<List<Long>> PAUSES_MILLIS =
            List.of(List.of(5_000L), List.of(400L, 550L, 700L, 850L, 1_000L));
    private static final int BETWEEN = 24;
    private static final int MILLIS_PER_SECOND = 1000;

    private final WorkFolder work;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<PauseFigures> figures = new ArrayList<>();

    /** @param warmUpSeconds before all that counts: the card must learn the server's clock */
    PauseRun(WorkFolder work, int seconds, int warmUpSeconds) {
        this.work = work;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    @Override
    public String title() {
        return "Pauses";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        int half = FORMAT.exchanges(seconds / 2.0);
        for (List<Long> millis : PAUSES_MILLIS) {
            PauseCourse course = new PauseCourse(millis, FORMAT.exchanges(warmUpSeconds), half, BETWEEN, half);
            work.tell("pauses: " + course);
            figures.add(measure(course, work.make("pauses" + millis.size())));
        }
    }

    private static PauseFigures measure(PauseCourse course, Path folder)
            throws BenchException, BootException, InterruptedException {
        long pausedMillis =
                course.pauseMillis().stream().mapToLong(Long::longValue).sum();
        int exchanges = course.exchanges();
        double seconds = exchanges * FORMAT.periodNanos() / 1e9 + (double) pausedMillis / MILLIS_PER_SECOND;
        try (PulseSound host = PulseSound.start(FORMAT.sound(), (int) seconds + HostKind.SPARE_SECONDS, folder)) {
            Duplex duplex = Duplex.run(folder, host, FORMAT, NodeSettings.THINK_NANOS, exchanges, course);
            return PauseFigures.of(course, duplex, host);
        }
    }

    @Override
    public void write(Document document) {
        MarkdownTable table = PauseFigures.table();
        for (PauseFigures one : figures) {
            one.judge(document);
            one.rows(table);
        }
        document.part(title(), """
                S16 at 48 kHz through PulseAudio's null sinks, 2 ms of thinking, but now and then the media server is away for longer: once,
                or five times with %d exchanges in between. %d s of warm-up do not count. Each row is a time without a pause, but for
                the exchange in which a pause ended; in ms. Intervals between exchanges, less a period. Until heard: from
                when a playback buffer comes back until its last frame is on the sink's monitor. Age: how long ago the last frame of a record
                buffer was on the source's monitor when the buffer comes back; the recorder that tells when is late itself, so only changes
                count. Reported: the card's `latency_bytes`, from `--stats`. Goals: intervals as above and none more than
                45 ms short, so no burst, but for the first after a pause; all four latencies within 1 ms of what they were before; at
                most one xrun of each stream for a pause; every frame heard once and in order, with one break for a pause.""".formatted(BETWEEN, warmUpSeconds), table);
    }
}
