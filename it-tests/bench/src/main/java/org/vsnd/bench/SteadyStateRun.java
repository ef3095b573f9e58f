// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.LinuxGuest;

/** Four streams playing at once: allocation and CPU after a warm-up. */
final class SteadyStateRun {
    private static final int STREAMS = 4;
    private static final Shape SHAPE = Shape.ofPeriod(1024);

    private final Workshop workshop;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<SteadyState> states = new ArrayList<>();

    SteadyStateRun(Workshop workshop, int seconds, int warmUpSeconds) {
        this.workshop = workshop;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    List<SteadyState> states() {
        return states;
    }

    void run() throws BenchException, BootException, InterruptedException {
        measure("null", "null");
        measure("wav", "wav:" + workshop.folder().resolve("played.wav"));
    }

    private void measure(String name, String backend) throws BenchException, BootException, InterruptedException {
        workshop.tell(STREAMS + " streams, back end " + name);
        Path folder = workshop.folder();
        try (ServeProcess serve = ServeProcess.start(folder, backend, List.of("outputs=" + STREAMS));
                LinuxGuest guest = workshop.bootWithCardOn(serve.socket())) {
            Probe probe = new Probe(0, StreamDirections.PLAYBACK, SHAPE, warmUpSeconds + seconds + 2, false);
            Duration cpuBefore = cpu(guest.pid());
            long began = System.nanoTime();
            for (ProbeResult result : probe.runOnEach(guest, STREAMS)) {
                if (result.failure() != null) {
                    throw new BenchException("a stream failed: " + result.failure());
                }
            }
            double guestShare = (double) cpu(guest.pid()).minus(cpuBefore).toNanos() / (System.nanoTime() - began);
            states.add(SteadyState.of(
                    name,
                    STREAMS,
                    serve.statistics(),
                    Duration.ofSeconds(warmUpSeconds).toNanos(),
                    guestShare));
        }
    }

    private static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
