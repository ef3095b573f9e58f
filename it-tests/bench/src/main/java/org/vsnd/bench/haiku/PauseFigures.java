// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Numbers;
import org.vsnd.bench.audio.LatencyTrend;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.measure.LineFit;
import org.vsnd.measure.Sample;
import org.vsnd.measure.sound.HeardPattern;

/** What a guest with pauses came to: in each piece without a pause, and as a whole. */
record PauseFigures(
        PauseCourse course,
        List<Piece> pieces,
        long failures,
        long playbackXruns,
        long captureXruns,
        HeardSound heard) {
    /** How much shorter than a period an exchange may be: the card is done 40 ms early at most. */
    static final double SHORTER_NANOS = 45e6;

    /**
     * Exchanges without a pause. Latencies in nanoseconds, medians.
     *
     * @param firstNanos from the exchange in which the pause ended to the next one, less a period; NaN without a pause
     * @param heard from a playback buffer's coming back until its last frame was on the monitor
     * @param playbackReported by the card, with playback buffers
     * @param age of what a record buffer brings; only its changes mean something
     * @param captureReported by the card, with record buffers
     */
    record Piece(
            String name,
            Intervals intervals,
            double firstNanos,
            double heard,
            double playbackReported,
            double age,
            double captureReported) {
        private static boolean same(double one, double other) {
            return Math.abs(one - other) <= LatencyTrend.GROWTH_ALLOWANCE_NANOS;
        }

        private void judge(Document document, Piece before, String run) {
            String where = ", " + run + ", " + name;
            document.goal(intervals.medianHolds(), "median of the exchange intervals" + where);
            document.goal(intervals.p95Holds(), "95th percentile of the exchange intervals" + where);
            document.goal(!(intervals.earliestNanos() < -SHORTER_NANOS), "a burst of exchanges" + where);
            document.goal(same(heard, before.heard), "playback is as late as before" + where);
            document.goal(same(playbackReported, before.playbackReported), "reported playback latency" + where);
            document.goal(same(age, before.age), "the recording is as old as before" + where);
            document.goal(same(captureReported, before.captureReported), "reported recording latency" + where);
        }
    }

    static PauseFigures of(PauseCourse course, Duplex duplex, PulseSound host) throws BenchException {
        GuestFormat format = duplex.format();
        List<BufferExchange> all = duplex.exchanges();
        long fromNanos = all.get(course.warmUp()).playedNanos();
        long toNanos = all.get(all.size() - 1).playedNanos();
        HeardPattern heard = duplex.sound().in(host.heard());
        LineFit heardNanos = host.heardBetween(fromNanos, toNanos);
        RecordedAge age = new RecordedAge(format, host.given(), host.givenBetween(fromNanos, toNanos));
        byte[] recorded = duplex.sound().recorded();
        List<Piece> pieces = new ArrayList<>();
        for (PauseCourse.Piece piece : course.pieces()) {
            boolean afterPause = !pieces.isEmpty();
            pieces.add(new Piece(
                    piece.name(),
                    Intervals.between(
                            all.subList(piece.from(), piece.to()).stream()
                                    .mapToLong(BufferExchange::recordedNanos)
                                    .toArray(),
                            format.periodNanos()),
                    afterPause
                            ? all.get(piece.from()).recordedNanos()
                                    - all.get(piece.from() - 1).recordedNanos()
                                    - format.periodNanos()
                            : Double.NaN,
                    median(piece, i -> untilHeard(heard, heardNanos, i, all.get(i))),
                    reported(duplex, piece, true),
                    median(piece, i -> age.nanos(recorded, i, all.get(i).recordedNanos())),
                    reported(duplex, piece, false)));
        }
        return new PauseFigures(
                course,
                pieces,
                duplex.failures(),
                duplex.counted(true).xruns(),
                duplex.counted(false).xruns(),
                HeardSound.of(heard, duplex.sound().playedFrames()));
    }

    /** Of the exchanges in which it could be measured. */
    private static double median(PauseCourse.Piece piece, ToDoubleFunction<Integer> measured) {
        return Sample.of(IntStream.range(piece.from(), piece.to())
                        .mapToDouble(measured::applyAsDouble)
                        .toArray())
                .median();
    }

    private static double untilHeard(HeardPattern heard, LineFit heardNanos, int exchange, BufferExchange times) {
        long place = heard.placeOf(GuestSound.firstFrameOf(exchange) + BufferExchange.FRAMES - 1);
        return place < 0 ? Double.NaN : heardNanos.nanosAt(place + 1.0) - times.playedNanos();
    }

    /** What the card reported while it had completed as many messages as the guest had exchanged in a piece. */
    private static double reported(Duplex duplex, PauseCourse.Piece piece, boolean playback) {
        return Sample.of(duplex.statistics().stream()
                        .flatMap(line -> line.streams().stream())
                        .filter(stream -> stream.playback() == playback && stream.started())
                        .filter(stream -> stream.messages() > piece.from() && stream.messages() <= piece.to())
                        .mapToDouble(stream -> duplex.format().nanos((double) stream.latencyFrames()))
                        .toArray())
                .median();
    }

    void judge(Document document) {
        String run = "pauses of " + course;
        document.goal(failures == 0, failures + " failed exchanges, " + run);
        Piece before = pieces.get(0);
        pieces.forEach(piece -> piece.judge(document, before, run));
        int pauses = course.pauseMillis().size();
        document.goal(playbackXruns <= pauses, playbackXruns + " playback xruns, " + run);
        document.goal(captureXruns <= pauses, captureXruns + " recording xruns, " + run);
        document.goal(heard.complete(), "all that was played is heard once, " + run);
        document.goal(heard.breaks() <= pauses, heard.breaks() + " breaks in what is heard, " + run);
    }

    /** Rows for a table with these columns. */
    static MarkdownTable table() {
        return new MarkdownTable(
                "pauses",
                "exchanges",
                "interval: median",
                "p95",
                "shortest",
                "first after the pause",
                "playback until heard",
                "reported",
                "recording's age",
                "reported",
                "xruns: playback",
                "recording",
                "frames lost or repeated",
                "breaks");
    }

    void rows(MarkdownTable table) {
        for (Piece piece : pieces) {
            boolean last = piece.equals(pieces.get(pieces.size() - 1));
            table.row(
                    course.pauseMillis().size() + ": " + piece.name,
                    "" + (piece.intervals.count() + 1),
                    Numbers.signedMillis(piece.intervals.medianNanos()),
                    Numbers.millis(piece.intervals.p95Nanos()),
                    Numbers.signedMillis(piece.intervals.earliestNanos()),
                    Numbers.signedMillis(piece.firstNanos),
                    Numbers.millis(piece.heard),
                    Numbers.millis(piece.playbackReported),
                    Numbers.millis(piece.age),
                    Numbers.millis(piece.captureReported),
                    last ? "" + playbackXruns : "",
                    last ? "" + captureXruns : "",
                    last ? "" + heard.lost() : "",
                    last ? "" + heard.breaks() : "");
        }
    }
}
