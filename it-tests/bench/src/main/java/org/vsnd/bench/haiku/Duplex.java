// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.nio.file.Path;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.ControlLoop;
import org.vsnd.bench.RealTimeThread;
import org.vsnd.bench.ServeProcess;
import org.vsnd.bench.ServeStatistics;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.MultiAudioNode;

/**
 * A guest that played and recorded at once, from its boot to the end of vsnd.
 *
 * @param exchanges all of them
 * @param statistics of vsnd, one entry per second and a last one
 * @param control of a timer that ran beside
 */
record Duplex(
        GuestFormat format,
        List<BufferExchange> exchanges,
        GuestSound sound,
        List<ServeStatistics> statistics,
        Intervals control) {
    /** What was handed over must be heard before the card goes. */
    private static final int PLAY_OUT_MILLIS = 2_000;

    /** What the media server does between start and close. */
    @FunctionalInterface
    interface Course {
        void take(MultiAudioNode node);
    }

    /**
     * Runs it, and ends what the host's sound was for.
     *
     * @param folder for vsnd's files
     * @param most exchanges that the course has, at most
     */
    static Duplex run(Path folder, HostSound host, GuestFormat format, long thinkNanos, int most, Course course)
            throws BenchException, InterruptedException {
        GuestSound sound = new GuestSound(format, most);
        ServeProcess serve = ServeProcess.start(folder, host.backend(), List.of(), host.environment());
        List<BufferExchange> exchanges;
        Intervals control;
        try (serve;
                HaikuClient client = RealTimeThread.call(() -> HaikuClient.connect(serve.socket()));
                ControlLoop timer = ControlLoop.start(format.periodNanos())) {
            exchanges = RealTimeThread.call(() -> {
                try (MultiAudioNode node =
                        new MultiAudioNode(client.open(), format.settings(thinkNanos), sound, sound)) {
                    node.start();
                    course.take(node);
                    return List.copyOf(node.exchanges());
                }
            });
            control = Intervals.between(timer.stop(), format.periodNanos());
            Thread.sleep(PLAY_OUT_MILLIS);
        }
        host.end();
        return new Duplex(format, exchanges, sound, serve.statistics(), control);
    }

    /** Exchanges that the driver called failed. */
    long failures() {
        return exchanges.stream().filter(exchange -> !exchange.ok()).count();
    }

    /** What the card counted of one direction by the end. */
    ServeStatistics.Stream counted(boolean playback) throws BenchException {
        return statistics.get(statistics.size() - 1).streams().stream()
                .filter(stream -> stream.playback() == playback)
                .findFirst()
                .orElseThrow(() -> new BenchException("--stats does not show the stream"));
    }
}
