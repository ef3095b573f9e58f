// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.LinuxGuest;

/**
 * One guest with two cards, vsnd's and snd-dummy's: each shape and direction on the one and then on the other. For vsnd,
 * irqtap sees the interrupts arrive meanwhile.
 */
final class TimingRun {
    /** Linux takes one vector for each queue if it can have them all: configuration, control, event, tx, rx. */
    private static final String VECTORS = "msix=5";

    /** Interpreted code is a tenth of a millisecond later than compiled code: that would tilt the first lines. */
    private static final int WARM_UP_SECONDS = 20;

    private static final int TX_VECTOR = 3;
    private static final int RX_VECTOR = 4;
    private static final int VSND_CARD = 0;
    private static final int DUMMY_CARD = 1;

    private final Workshop workshop;
    private final int seconds;
    private final List<Completions> completions = new ArrayList<>();
    private final List<WakeUps> wakeUps = new ArrayList<>();

    TimingRun(Workshop workshop, int seconds) {
        this.workshop = workshop;
        this.seconds = seconds;
    }

    /** Completion times as the vfio-user client sees them. */
    List<Completions> completions() {
        return completions;
    }

    /** Wake-ups in the guest, of vsnd's card and snd-dummy's. */
    List<WakeUps> wakeUps() {
        return wakeUps;
    }

    void run() throws BenchException, BootException, InterruptedException {
        try (ServeProcess serve = ServeProcess.start(workshop.folder(), "null", List.of(VECTORS));
                IrqTap tap = IrqTap.start(workshop.irqtap(), workshop.folder().resolve("tap"), serve.socket());
                LinuxGuest guest = workshop.bootWithCardOn(tap.socket())) {
            guest.load("snd-dummy");
            Set<Shape> shapes = new LinkedHashSet<>(Shapes.COMMON);
            shapes.add(Workshop.smallestShape(guest, VSND_CARD));
            warmUp(guest);
            for (Shape shape : shapes) {
                for (StreamDirections direction : StreamDirections.values()) {
                    measureVsnd(guest, tap, shape, direction);
                    measureDummy(guest, shape, direction);
                }
            }
        }
    }

    private void warmUp(LinuxGuest guest) throws BenchException, BootException {
        workshop.tell("warming up");
        Shape shape = Shapes.COMMON.get(Shapes.COMMON.size() - 1);
        new Probe(VSND_CARD, StreamDirections.BOTH, shape, Math.min(seconds, WARM_UP_SECONDS), false).run(guest);
    }

    private void measureVsnd(LinuxGuest guest, IrqTap tap, Shape shape, StreamDirections direction)
            throws BenchException, BootException {
        workshop.tell(WakeUps.VSND + " " + shape + " " + direction);
        tap.record(shape);
        List<ProbeResult> results = new Probe(VSND_CARD, direction, shape, seconds, false).run(guest);
        Stamps stamps = tap.stop();
        long[] control = stamps.times(Stamps.CONTROL);
        for (ProbeResult result : results) {
            wakeUps.add(new WakeUps(WakeUps.VSND, shape, direction, result));
            int vector = result.stream().equals("playback") ? TX_VECTOR : RX_VECTOR;
            long messages = result.frames() / shape.periodFrames();
            completions.add(new Completions(
                    shape,
                    direction,
                    result.stream(),
                    CompletionTimes.of(stamps.times(vector), control, shape, messages)));
        }
    }

    private void measureDummy(LinuxGuest guest, Shape shape, StreamDirections direction)
            throws BenchException, BootException {
        workshop.tell(WakeUps.SND_DUMMY + " " + shape + " " + direction);
        for (ProbeResult result : new Probe(DUMMY_CARD, direction, shape, seconds, false).run(guest)) {
            wakeUps.add(new WakeUps(WakeUps.SND_DUMMY, shape, direction, result));
        }
    }
}
