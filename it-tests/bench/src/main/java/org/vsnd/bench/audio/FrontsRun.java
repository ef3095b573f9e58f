// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.CompletionTable;
import org.vsnd.bench.CompletionTimes;
import org.vsnd.bench.ControlLoop;
import org.vsnd.bench.Document;
import org.vsnd.bench.Front;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.RealTimeThread;
import org.vsnd.bench.ServeProcess;
import org.vsnd.bench.Shape;
import org.vsnd.bench.Workshop;
import org.vsnd.guest.driver.StreamSetup;

/** When completions reach a client over each protocol, by MSI-X and by INTx, beside a bare timer. */
final class FrontsRun implements Measurement {
    private static final Shape SHAPE = Shape.ofPeriod(480);
    private static final int[] VECTORS = {2, 0};

    private final Workshop workshop;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<Row> rows = new ArrayList<>();

    private record Row(Front front, int vectors, boolean playback, CompletionTimes times) {}

    FrontsRun(Workshop workshop, int seconds, int warmUpSeconds) {
        this.workshop = workshop;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    @Override
    public String title() {
        return "Completion times by protocol and interrupt";
    }

    @Override
    public void run() throws BenchException, InterruptedException {
        for (Front front : Front.values()) {
            for (int vectors : VECTORS) {
                workshop.tell("fronts: " + front + ", " + interrupt(vectors));
                measure(front, vectors);
            }
        }
    }

    private void measure(Front front, int vectors) throws BenchException, InterruptedException {
        List<String> settings = front == Front.VFIO_USER ? List.of("msix=" + vectors) : List.of();
        try (ServeProcess serve = ServeProcess.start(workshop.folder(), front, "null", settings, Map.of());
                CardClient client = CardClient.connect(serve.socket(), front, vectors)) {
            StreamSetup setup = StreamSetup.s16At48k(SHAPE.periodFrames(), SHAPE.bufferFrames());
            ClientStream played = client.add(ClientStream.playing(client.driver(), setup, new byte[0]));
            ClientStream recorded = client.add(ClientStream.recording(client.driver(), setup));
            long[] control;
            try (ControlLoop timer = ControlLoop.start(SHAPE.periodNanos())) {
                long nanos = (warmUpSeconds + seconds) * 1_000_000_000L;
                RealTimeThread.call(() -> {
                    client.run(messages(warmUpSeconds + seconds), nanos);
                    return true;
                });
                control = timer.stop();
            }
            control = last(control);
            rows.add(new Row(front, vectors, true, times(played, control)));
            rows.add(new Row(front, vectors, false, times(recorded, control)));
        }
    }

    private CompletionTimes times(ClientStream stream, long[] control) throws BenchException {
        long[] arrivals = stream.completions().stream()
                .mapToLong(ClientStream.Completion::nanos)
                .toArray();
        return CompletionTimes.of(last(arrivals), control, SHAPE, messages(seconds));
    }

    /** Without the warm-up. */
    private long[] last(long[] times) {
        int count = (int) Math.min(times.length, messages(seconds));
        long[] last = new long[count];
        System.arraycopy(times, times.length - count, last, 0, count);
        return last;
    }

    private static long messages(int seconds) {
        return (long) seconds * Shape.RATE_HZ / SHAPE.periodFrames();
    }

    private static String interrupt(int vectors) {
        return vectors == 0 ? "INTx" : "MSI-X";
    }

    @Override
    public void write(Document document) {
        CompletionTable table = new CompletionTable("protocol", "interrupt", "stream");
        for (Row row : rows) {
            document.goal(
                    row.times.regular(),
                    row.front + ", " + interrupt(row.vectors) + ": p99 is more than 0.2 ms above the control's");
            table.row(row.times, row.front.toString(), interrupt(row.vectors), row.playback ? "playback" : "capture");
        }
        document.part(title(), """
                When completions are seen by a client of our own that waits for the eventfds, with QEMU's habits and Linux's driver, on a
                thread with the priority of the card's if the machine allows it; S16 stereo at 48 kHz, %s, both streams at once, null back
                end: distance from their least-squares line, in ms. Control: a bare timerfd loop of the same period that ran beside.
                Goal: p99 within 0.2 ms of the control's. All had run for %d s before.""".formatted(SHAPE, warmUpSeconds), table.table());
    }
}
