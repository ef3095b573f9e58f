// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.vsnd.bench.ProbeResult.Spread;

/** The document: a heading, then one part for each kind of measurement. Remembers what missed its goal. */
final class Report {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Document document;

    Report(List<String> facts) {
        document = new Document(
                "Measurements", "Written by `./vsnd bench`; docs/TESTING.md says what each part is for.", facts);
    }

    /** Goals that were missed, one sentence each. */
    List<String> misses() {
        return document.misses();
    }

    @Override
    public String toString() {
        return document.toString();
    }

    void completions(List<Completions> all) {
        CompletionTable table = new CompletionTable("period/buffer", "stream");
        for (Completions one : all) {
            CompletionTimes times = one.times();
            String name = one.shape() + " " + one.direction().label(one.stream());
            if (!times.regular()) {
                document.miss("completion times of " + name + " beside the control's");
            }
            if (!times.trueToClock()) {
                document.miss("slope of the completion times of " + name);
            }
            table.row(times, one.shape().toString(), one.direction().label(one.stream()));
        }
        document.part("Completion times", """
                Arrival of the completion interrupts on the client's side of the vfio-user socket, taken outside vsnd,
                S16 stereo at 48 kHz, null back end: distance from their least-squares line, in ms. Control: a bare
                timerfd loop of the same period that ran beside. Slope: against the nominal rate of the monotonic clock,
                with the fit's standard error. Goals: p99 within 0.2 ms of the control's, slope within 1 ppm plus the
                error. Both streams had run for 20 s before.""", table.table());
    }

    void wakeUps(List<WakeUps> all) {
        MarkdownTable table = new MarkdownTable(
                "period/buffer", "stream", "card", "p1", "p50", "p99", "max", "xruns", "p99 - ideal", "against vsnd's");
        for (WakeUps one : all) {
            if (one.device().equals(WakeUps.VSND)) {
                judge(one, find(all, one, WakeUps.SND_DUMMY));
                row(table, one, one);
                find(all, one, WakeUps.SND_DUMMY).ifPresent(other -> row(table, other, one));
                find(all, one, WakeUps.QEMU).ifPresent(other -> row(table, other, one));
            }
        }
        all.stream().filter(one -> find(all, one, WakeUps.VSND).isEmpty()).forEach(one -> row(table, one, one));
        document.part("Wake-ups in the guest", """
                Intervals between a player's (or recorder's) wake-ups in the same Debian guest, in ms; snd-dummy, a timer
                without a device, ran in turn with vsnd in the same boot, QEMU's own card in guests of its own with a
                PulseAudio null sink behind it. Goals for vsnd: p99 at most snd-dummy's + 1 ms, no xruns.""", table);
    }

    private static Optional<WakeUps> find(List<WakeUps> all, WakeUps like, String device) {
        return all.stream()
                .filter(one -> one.device().equals(device) && one.isAsked(like))
                .findFirst();
    }

    private void judge(WakeUps vsnd, Optional<WakeUps> dummy) {
        String name = vsnd.shape() + " " + vsnd.direction().label(vsnd.result().stream());
        Spread mine = vsnd.result().wakeUps();
        if (vsnd.result().failure() != null || mine == null) {
            document.miss("wake-ups of " + name + ": " + vsnd.result().failure());
            return;
        }
        if (vsnd.result().xruns() > 0) {
            document.miss(vsnd.result().xruns() + " xruns of " + name);
        }
        Spread other = dummy.map(WakeUps::result).map(ProbeResult::wakeUps).orElse(null);
        if (other != null && mine.p99Nanos() > other.p99Nanos() + WakeUps.P99_ALLOWANCE_NANOS) {
            document.miss("wake-ups of " + name + " beside snd-dummy's");
        }
    }

    private static void row(MarkdownTable table, WakeUps one, WakeUps vsnd) {
        ProbeResult result = one.result();
        Spread spread = result.hung() ? null : result.wakeUps();
        String shape = one.shape().toString();
        String stream = one.direction().label(result.stream());
        if (spread == null) {
            String what = result.hung() ? "hangs" : "fails";
            table.row(shape, stream, one.device(), what, what, what, what, "" + result.xruns(), "", "");
            return;
        }
        double excess = spread.p99Nanos() - one.shape().periodNanos();
        Spread mine = vsnd.result().wakeUps();
        double ratio =
                mine == null ? 0 : excess / (mine.p99Nanos() - one.shape().periodNanos());
        table.row(
                shape,
                stream,
                one.device(),
                millis((double) spread.p1Nanos()),
                millis((double) spread.p50Nanos()),
                millis((double) spread.p99Nanos()),
                millis((double) spread.maxNanos()),
                "" + result.xruns(),
                millis(excess),
                ratio > 0 ? String.format(Locale.ROOT, "%.1fx", ratio) : "");
    }

    void latencies(List<Latency> all) {
        MarkdownTable table = new MarkdownTable(
                "period/buffer", "stream", "in the guest, min", "max", "reported by the device, min", "max", "ms");
        for (Latency one : all) {
            table.row(
                    one.shape().toString(),
                    one.stream(),
                    "" + one.guest().min(),
                    "" + one.guest().max(),
                    "" + one.device().min(),
                    "" + one.device().max(),
                    String.format(Locale.ROOT, "%.1f", one.guest().max() * 1e3 / Shape.RATE_HZ));
        }
        document.part("Reported latency", """
                `snd_pcm_delay` in the guest minus the frames it had queued itself, at every wake-up, and what the device
                says it reported, once per second; frames, null back end, target 20 ms (960 frames).""", table);
    }

    void steadyStates(List<SteadyState> all, int warmUpSeconds) {
        MarkdownTable table = new MarkdownTable(
                "back end", "streams", "seconds", "bytes allocated", "vsnd CPU", "per stream", "QEMU CPU", "xruns");
        for (SteadyState one : all) {
            if (one.allocatedBytes() != 0) {
                document.miss(one.allocatedBytes() + " bytes allocated with the back end " + one.backend());
            }
            table.row(
                    one.backend(),
                    "" + one.streams(),
                    String.format(Locale.ROOT, "%.0f", one.seconds()),
                    "" + one.allocatedBytes(),
                    percent(one.cpuShare()),
                    percent(one.cpuSharePerStream()),
                    percent(one.guestCpuShare()),
                    "" + one.xruns());
        }
        document.part(
                "Steady state",
                "Playing streams, period 1024, after a warm-up of " + warmUpSeconds
                        + " s: bytes allocated by device and audio threads, and CPU as a share of one processor. Goal: 0 bytes.",
                table);
    }

    private static String millis(double nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / NANOS_PER_MILLI);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", share * 100);
    }
}
