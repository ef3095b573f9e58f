// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import org.vsnd.bench.ProbeResult.FrameRange;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.LinuxGuest;

/** {@code snd_pcm_delay} in the guest against what the device reported; the back end is null. */
final class LatencyRun {
    private static final FrameRange NONE = new FrameRange(0, 0);

    private final Workshop workshop;
    private final int seconds;
    private final List<Latency> latencies = new ArrayList<>();

    LatencyRun(Workshop workshop, int seconds) {
        this.workshop = workshop;
        this.seconds = seconds;
    }

    List<Latency> latencies() {
        return latencies;
    }

    void run() throws BenchException, BootException, InterruptedException {
        try (ServeProcess serve = ServeProcess.start(workshop.folder(), "null", List.of());
                LinuxGuest guest = workshop.bootWithCardOn(serve.socket())) {
            for (Shape shape : Shapes.COMMON) {
                for (StreamDirections direction : List.of(StreamDirections.PLAYBACK, StreamDirections.CAPTURE)) {
                    measure(serve, guest, shape, direction);
                }
            }
        }
    }

    private void measure(ServeProcess serve, LinuxGuest guest, Shape shape, StreamDirections direction)
            throws BenchException, BootException {
        workshop.tell("latency " + shape + " " + direction);
        int before = serve.statistics().size();
        for (ProbeResult result : new Probe(0, direction, shape, seconds, true).run(guest)) {
            FrameRange seen = result.reportedLatencyFrames();
            List<ServeStatistics> lines = serve.statistics();
            FrameRange reported = reported(lines.subList(before, lines.size()), direction == StreamDirections.PLAYBACK);
            latencies.add(new Latency(shape, result.stream(), seen == null ? NONE : seen, reported));
        }
    }

    private static FrameRange reported(List<ServeStatistics> lines, boolean playback) throws BenchException {
        LongSummaryStatistics frames = lines.stream()
                .flatMap(line -> line.streams().stream())
                .filter(stream -> stream.playback() == playback && stream.started())
                .mapToLong(ServeStatistics.Stream::latencyFrames)
                .summaryStatistics();
        if (frames.getCount() == 0) {
            throw new BenchException("--stats never showed the stream running: measure for some more seconds");
        }
        return new FrameRange(frames.getMin(), frames.getMax());
    }
}
