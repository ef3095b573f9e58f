// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.measure.Sample;
import org.vsnd.measure.picture.IntervalPanel;
import org.vsnd.measure.picture.Palette;
import org.vsnd.measure.picture.Panel;
import org.vsnd.measure.picture.Picture;
import org.vsnd.measure.picture.TimelinePanel;
import org.vsnd.measure.picture.WaveformPanel;
import org.vsnd.trace.tape.TapeSink;

/** A replay to look at: messages on their way with the traced card and with this one, how regularly, and what came out. */
final class ReplayPicture {
    private static final double MICROS = 1e6;
    private static final double NANOS = 1e9;
    private static final int MIN_INTERVALS = 2;
    private static final double SHORTEST_SECONDS = 0.1;
    private static final double ROOM = 1.02;

    private final ReplayResult result;

    private ReplayPicture(ReplayResult result) {
        this.result = result;
    }

    /** Empty if no message was on its way. */
    static Optional<Picture> of(ReplayResult result) {
        return result.flights().isEmpty()
                ? Optional.empty()
                : Optional.of(new Picture("", new ReplayPicture(result).panels()));
    }

    private List<Panel> panels() {
        List<Panel> panels = new ArrayList<>();
        long tracedZero = result.flights().stream()
                .mapToLong(MessageTimes::tracedFromMicros)
                .min()
                .orElse(0);
        long zero = result.flights().stream()
                .mapToLong(MessageTimes::fromNanos)
                .min()
                .orElse(0);
        TimelinePanel traced = timeline(
                "Messages on their way with the traced card: from the guest to the card and back",
                MessageTimes::tracedFromMicros,
                MessageTimes::tracedToMicros,
                time -> (time - tracedZero) / MICROS,
                result.interrupts().tracedMicros());
        TimelinePanel here = timeline(
                "Messages on their way with this card (vsnd)",
                MessageTimes::fromNanos,
                MessageTimes::toNanos,
                time -> (time - zero) / NANOS,
                result.interrupts().nanos());
        double seconds = Math.max(traced.seconds(), here.seconds());
        panels.add(new TimelinePanel(traced.title(), traced.lanes(), seconds));
        panels.add(new TimelinePanel(here.title(), here.lanes(), seconds));
        intervals().ifPresent(panels::add);
        Map<String, Integer> openings = new HashMap<>();
        for (TapeSink sink : result.sinks()) {
            int opening = openings.merge(sink.streamName(), 1, Integer::sum);
            waveform(sink, opening).ifPresent(panels::add);
        }
        return panels;
    }

    private TimelinePanel timeline(
            String title,
            ToLongFunction<MessageTimes> from,
            ToLongFunction<MessageTimes> to,
            LongFunction<Double> seconds,
            List<Long> interrupts) {
        List<TimelinePanel.Bar> played = new ArrayList<>();
        List<TimelinePanel.Bar> recorded = new ArrayList<>();
        List<TimelinePanel.Bar> lost = new ArrayList<>();
        double end = SHORTEST_SECONDS;
        for (MessageTimes flight : result.flights()) {
            long last = Math.max(from.applyAsLong(flight), to.applyAsLong(flight));
            end = Math.max(end, seconds.apply(last) * ROOM);
        }
        for (MessageTimes flight : result.flights()) {
            double start = seconds.apply(from.applyAsLong(flight));
            if (to.applyAsLong(flight) < 0) {
                lost.add(new TimelinePanel.Bar(start, end));
            } else {
                double back = seconds.apply(to.applyAsLong(flight));
                (flight.output() ? played : recorded).add(new TimelinePanel.Bar(start, back));
            }
        }
        List<Double> marks = interrupts.stream().map(seconds::apply).toList();
        List<TimelinePanel.Lane> lanes = new ArrayList<>();
        lanes.add(new TimelinePanel.Lane("playback", Palette.SOUND, played, List.of()));
        lanes.add(new TimelinePanel.Lane("record", Palette.OTHER, recorded, List.of()));
        lanes.add(new TimelinePanel.Lane("interrupts", Palette.IDEAL, List.of(), marks));
        if (!lost.isEmpty()) {
            lanes.add(new TimelinePanel.Lane("never back", Palette.WRONG, lost, List.of()));
        }
        return new TimelinePanel(title, lanes, end);
    }

    /** From the return of one message to the next of its kind, by both clocks. */
    private Optional<Panel> intervals() {
        boolean recording = result.flights().stream().anyMatch(flight -> !flight.output() && flight.toNanos() >= 0);
        List<MessageTimes> row = result.flights().stream()
                .filter(flight -> flight.output() != recording && flight.toNanos() >= 0 && flight.tracedToMicros() >= 0)
                .toList();
        List<Double> here = new ArrayList<>();
        List<Double> traced = new ArrayList<>();
        for (int i = 1; i < row.size(); i++) {
            here.add((row.get(i).toNanos() - row.get(i - 1).toNanos()) / 1e6);
            traced.add((row.get(i).tracedToMicros() - row.get(i - 1).tracedToMicros()) / 1e3);
        }
        if (here.size() < MIN_INTERVALS) {
            return Optional.empty();
        }
        String what = recording ? "record" : "playback";
        return Optional.of(new IntervalPanel(
                "How regularly " + what + " messages came back: from one to the next",
                "number of the message",
                new IntervalPanel.Row("this card", here),
                new IntervalPanel.Row("the traced card", traced),
                "this card's median",
                Sample.of(here).median()));
    }

    /** @param opening 1 for the first time that this stream was opened */
    private static Optional<Panel> waveform(TapeSink sink, int opening) {
        PcmParams params = sink.params();
        ByteBuffer tape = ByteBuffer.wrap(sink.tape()).order(ByteOrder.LITTLE_ENDIAN);
        int frames = tape.capacity() / params.frameBytes();
        if (frames == 0 || !SampleConverter.possible(params.format(), 1, PcmFormat.FLOAT, 1)) {
            return Optional.empty();
        }
        SampleConverter converter = new SampleConverter(params.format(), 1, PcmFormat.FLOAT, 1);
        ByteBuffer sample = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return Optional.of(new WaveformPanel(
                "What came out of " + sink.streamName() + (opening > 1 ? ", opening " + opening : "")
                        + ": first channel (" + params.format() + ", " + params.rateHz()
                        + " Hz)",
                frames,
                params.rateHz(),
                frame -> {
                    int at = frame * params.frameBytes();
                    tape.limit(at + params.format().sampleBytes()).position(at);
                    converter.convert(tape, sample.clear());
                    return sample.getFloat(0);
                }));
    }
}
