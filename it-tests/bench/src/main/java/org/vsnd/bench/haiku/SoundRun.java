// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.WorkFolder;
import org.vsnd.cli.boot.BootException;
import org.vsnd.guest.haiku.NodeSettings;

/** Full duplex in each of Haiku's formats through each kind of host sound. */
final class SoundRun implements Measurement {
    private static final List<GuestFormat> FORMATS =
            List.of(GuestFormat.S16_48000, GuestFormat.S32_48000, GuestFormat.S16_44100);

    private final WorkFolder work;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<DuplexFigures> figures = new ArrayList<>();

    /** @param warmUpSeconds before what counts for the clocks, in which the card learns its host's */
    SoundRun(WorkFolder work, int seconds, int warmUpSeconds) {
        this.work = work;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    @Override
    public String title() {
        return "Sound";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        for (GuestFormat format : FORMATS) {
            for (HostKind kind : HostKind.values()) {
                String name = kind + ", " + format;
                work.tell("sound: " + name);
                Path folder = work.make(kind + "-" + format.name());
                figures.add(measure(name, kind, format, NodeSettings.THINK_NANOS, warmUpSeconds, seconds, folder));
            }
        }
    }

    /** One guest. */
    static DuplexFigures measure(
            String name,
            HostKind kind,
            GuestFormat format,
            long thinkNanos,
            int warmUpSeconds,
            int seconds,
            Path folder)
            throws BenchException, BootException, InterruptedException {
        int exchanges = format.exchanges(warmUpSeconds + seconds);
        try (HostSound host = kind.open(format, warmUpSeconds + seconds, folder)) {
            Duplex duplex = Duplex.run(folder, host, format, thinkNanos, exchanges, node -> node.exchange(exchanges));
            return DuplexFigures.of(name, duplex, host, format.exchanges(warmUpSeconds));
        }
    }

    @Override
    public void write(Document document) {
        figures.forEach(one -> one.judge(document));
        document.part(title(), """
                The model plays and records for %d s, with 2 ms of thinking between exchanges. Intervals between buffers that came back, after
                the second, less the nominal 16384 frames (341.333 ms at 48 kHz, 371.519 ms at 44.1), in ms; p95: of their size. An exchange
                ends with its record buffer. Control: a bare timerfd loop of the same period beside it, on a thread with the
                priority of the card's, as the guest's has. Goals: median within 0.1 ms, p95 within 0.5 ms, none later than the
                control's latest + 5 ms; no xruns.""".formatted(seconds), DuplexFigures.intervalTable(figures));
        document.part(
                "What was heard, recorded and told",
                """
                The same guests. What is played says of each frame which one it is; it is looked for in the WAV file, or in what
                `parec` recorded on the null sink's monitor in the same format. Missing: of what was handed over to be played. With `null` nothing
                can be heard: there the frames that the card counted, its xruns and its placements of the clock must do. What is recorded are
                sines of 440 and 441 Hz, fitted in pieces of 10 ms from where they begin: a click is a sample more than 1 %% of
                the amplitude off, a jump half a frame or more (`null` records silence). TimeSource: least squares through `played_real_time`
                and `played_frames_count`, in ppm faster than nominal, with the fit's standard error. The host's clock is the monotonic one for
                `null` and `wav`; a PulseAudio null sink rounds each block's length to microseconds and so has a rate of its own, told from
                when `parec` gets its monitor's frames. The first %d s, in which the card learns that rate and both virtual machines compile
                what runs once a period (completions are 0.1 to 0.2 ms later until then), do not count for TimeSource and growth; %d s more
                are played for it. Growth: median of the last ten seconds (a third of shorter runs) less
                that of the first. Goals: every frame once and in order, the sines unbroken, the TimeSource within 1 ppm plus the errors of both
                fits, growth within 1 ms.""".formatted(warmUpSeconds, warmUpSeconds),
                DuplexFigures.soundTable(figures));
    }
}
