// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.WorkFolder;
import org.vsnd.cli.boot.BootException;

/** Guests that take their time between exchanges. */
final class ThinkRun implements Measurement {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final List<Integer> THINK_MILLIS = List.of(0, 2, 10, 35, 70);

    private final WorkFolder work;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<DuplexFigures> figures = new ArrayList<>();

    /** @param warmUpSeconds before what counts for the clocks: the card must learn the server's */
    ThinkRun(WorkFolder work, int seconds, int warmUpSeconds) {
        this.work = work;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    @Override
    public String title() {
        return "Think time";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        for (int millis : THINK_MILLIS) {
            String name = "think " + millis + " ms";
            work.tell(name);
            figures.add(SoundRun.measure(
                    name,
                    HostKind.PULSE,
                    GuestFormat.S16_48000,
                    millis * NANOS_PER_MILLI,
                    warmUpSeconds,
                    seconds,
                    work.make("think" + millis)));
        }
    }

    @Override
    public void write(Document document) {
        figures.forEach(one -> one.judge(document));
        document.part(title(), """
                The same in S16 at 48 kHz through PulseAudio's null sinks, %d s each after %d s, with other times between the end of an exchange and
                the beginning of the next one. Goals as above.""".formatted(seconds, warmUpSeconds), DuplexFigures.intervalTable(figures));
        document.part(
                "What was heard, recorded and told, with other think times",
                "As above.",
                DuplexFigures.soundTable(figures));
    }
}
