// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Numbers;
import org.vsnd.bench.ServeStatistics;
import org.vsnd.bench.audio.LatencyTrend;
import org.vsnd.bench.audio.SinkClock;
import org.vsnd.cli.boot.BootException;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.measure.TimeSourceFit;

/**
 * What one guest that played and recorded without a pause came to.
 *
 * @param failures exchanges that failed
 * @param played intervals between playback buffers that came back, after the second
 * @param recorded the same of record buffers, with each of which an exchange ends
 * @param framesOff frames that the card counts more or less than were exchanged, both directions
 * @param heard null if there is nobody to hear it
 * @param tone null if there is nothing to record
 * @param timeSource after the warm-up
 * @param clock of the host's sound, after the warm-up
 * @param apart from playback's completion to capture's, after the warm-up
 */
record DuplexFigures(
        String name,
        int rateHz,
        int exchanges,
        long failures,
        Intervals played,
        Intervals recorded,
        Intervals control,
        long xruns,
        long reanchorings,
        long framesOff,
        @Nullable HeardSound heard,
        @Nullable RecordedTone tone,
        TimeSourceFit timeSource,
        SinkClock clock,
        LatencyTrend apart) {
    private static final int FIRST = 2; // exchanges that count for the intervals
    private static final double CLOCK_ALLOWANCE_PPM = 1;

    /** @param from first exchange of those that count for the clocks */
    static DuplexFigures of(String name, Duplex duplex, HostSound host, int from) throws BenchException, BootException {
        GuestFormat format = duplex.format();
        List<BufferExchange> all = duplex.exchanges();
        List<BufferExchange> locked = all.subList(Math.min(from, all.size()), all.size());
        if (locked.size() < 3) {
            throw new BenchException("only " + all.size() + " exchanges: too few to tell a clock from");
        }
        ServeStatistics.Stream playback = duplex.counted(true);
        ServeStatistics.Stream capture = duplex.counted(false);
        long frames = (long) all.size() * BufferExchange.FRAMES;
        byte[] heard = host.heard();
        return new DuplexFigures(
                name,
                format.rateHz(),
                all.size(),
                duplex.failures(),
                intervals(all, BufferExchange::playedNanos, format),
                intervals(all, BufferExchange::recordedNanos, format),
                duplex.control(),
                playback.xruns() + capture.xruns(),
                playback.reanchorings() + capture.reanchorings(),
                Math.abs(playback.frames() - frames) + Math.abs(capture.frames() - frames),
                heard == null
                        ? null
                        : HeardSound.of(duplex.sound().in(heard), duplex.sound().playedFrames()),
                host.records() ? RecordedTone.in(duplex.sound().recorded(), format.sound()) : null,
                TimeSourceFit.through(locked, BufferExchange::playedFrames, BufferExchange::playedRealTimeMicros),
                host.clockBetween(
                        locked.get(0).playedNanos(), all.get(all.size() - 1).playedNanos()),
                apart(locked));
    }

    private static Intervals intervals(
            List<BufferExchange> all, ToLongFunction<BufferExchange> time, GuestFormat format) {
        return Intervals.between(all.stream().skip(FIRST - 1).mapToLong(time).toArray(), format.periodNanos());
    }

    private static LatencyTrend apart(List<BufferExchange> exchanges) {
        return LatencyTrend.of(exchanges.stream()
                .map(one -> new LatencyTrend.At(one.playedNanos(), one.recordedNanos() - one.playedNanos()))
                .toList());
    }

    private double timeSourcePpm() {
        return timeSource.offPpm(rateHz);
    }

    private boolean followsClock() {
        return Math.abs(timeSourcePpm() - clock.ppm())
                <= CLOCK_ALLOWANCE_PPM + timeSource.errorPpm() + clock.errorPpm();
    }

    void judge(Document document) {
        document.goal(failures == 0, failures + " failed exchanges, " + name);
        document.goal(recorded.medianHolds() && played.medianHolds(), "median of the exchange intervals, " + name);
        document.goal(recorded.p95Holds() && played.p95Holds(), "95th percentile of the exchange intervals, " + name);
        document.goal(
                recorded.latestHolds(control) && played.latestHolds(control), "the latest exchange interval, " + name);
        document.goal(xruns == 0, xruns + " xruns, " + name);
        document.goal(reanchorings == 0, "a clock was placed anew " + reanchorings + " times, " + name);
        document.goal(framesOff == 0, framesOff + " frames more or less than exchanged, " + name);
        document.goal(heard == null || heard.exact(), "what was played is heard frame by frame, " + name);
        document.goal(tone == null || tone.unbroken(), "what was recorded is unbroken, " + name);
        document.goal(followsClock(), "rate of the TimeSource, " + name);
        document.goal(apart.steady(), "played and recorded drift apart, " + name);
    }

    static MarkdownTable intervalTable(List<DuplexFigures> all) {
        MarkdownTable table = new MarkdownTable(
                "guest",
                "exchanges",
                "played: median",
                "p95",
                "latest",
                "recorded: median",
                "p95",
                "latest",
                "control: latest",
                "xruns",
                "clock placed anew");
        for (DuplexFigures one : all) {
            table.row(
                    one.name,
                    "" + one.exchanges,
                    Numbers.signedMillis(one.played.medianNanos()),
                    Numbers.millis(one.played.p95Nanos()),
                    Numbers.signedMillis(one.played.latestNanos()),
                    Numbers.signedMillis(one.recorded.medianNanos()),
                    Numbers.millis(one.recorded.p95Nanos()),
                    Numbers.signedMillis(one.recorded.latestNanos()),
                    Numbers.signedMillis(one.control.latestNanos()),
                    "" + one.xruns,
                    "" + one.reanchorings);
        }
        return table;
    }

    static MarkdownTable soundTable(List<DuplexFigures> all) {
        MarkdownTable table = new MarkdownTable(
                "guest",
                "frames heard",
                "breaks",
                "lost or repeated",
                "strange",
                "recorded: off the sine",
                "jumps",
                "TimeSource, ppm",
                "the host's, ppm",
                "off by",
                "recorded after played, growth, ms");
        for (DuplexFigures one : all) {
            HeardSound heard = one.heard;
            RecordedTone tone = one.tone;
            table.row(
                    one.name,
                    heard == null ? "-" : "" + heard.frames(),
                    heard == null ? "-" : "" + heard.breaks(),
                    heard == null ? "-" : "" + heard.lost(),
                    heard == null ? "-" : "" + heard.strange(),
                    tone == null ? "-" : Numbers.percent(tone.worstResidual()),
                    tone == null ? "-" : "" + tone.jumps(),
                    ppm(one.timeSourcePpm(), one.timeSource.errorPpm()),
                    ppm(one.clock.ppm(), one.clock.errorPpm()),
                    Numbers.decimal("%+.2f", one.timeSourcePpm() - one.clock.ppm()),
                    Numbers.signedMillis(one.apart.growthNanos()));
        }
        return table;
    }

    private static String ppm(double value, double error) {
        return Numbers.decimal("%+.2f", value) + Numbers.decimal(" ± %.2f", error);
    }
}
