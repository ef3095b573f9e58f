// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.it.server.PulseServer;

/** QEMU's own card, playing into PulseAudio, in the same kind of guest. It is given a new guest when it has hung. */
final class QemuCardRun implements AutoCloseable {
    private static final int CARD = 0;
    private static final String SINK = "bench";

    private final Workshop workshop;
    private final int seconds;
    private final List<WakeUps> wakeUps = new ArrayList<>();
    private @Nullable LinuxGuest guest;

    QemuCardRun(Workshop workshop, int seconds) {
        this.workshop = workshop;
        this.seconds = seconds;
    }

    /** Wake-ups in the guest; a stream that hung has none. */
    List<WakeUps> wakeUps() {
        return wakeUps;
    }

    void run() throws BenchException, BootException, InterruptedException {
        try (PulseServer pulse = PulseServer.builder(workshop.folder().resolve("pulse"))
                .nullSink(SINK)
                .start()) {
            for (Shape shape : Shapes.COMMON) {
                for (StreamDirections direction : StreamDirections.values()) {
                    measure(pulse, shape, direction);
                }
            }
        } finally {
            close();
        }
    }

    private void measure(PulseServer pulse, Shape shape, StreamDirections direction)
            throws BenchException, BootException {
        workshop.tell(WakeUps.QEMU + " " + shape + " " + direction);
        if (guest == null) {
            guest = workshop.bootWith(arguments(pulse));
        }
        boolean hung = false;
        for (ProbeResult result : new Probe(CARD, direction, shape, seconds, false).run(guest)) {
            wakeUps.add(new WakeUps(WakeUps.QEMU, shape, direction, result));
            hung |= result.hung();
        }
        if (hung) {
            close();
        }
    }

    private static List<String> arguments(PulseServer pulse) {
        return List.of(
                "-audiodev",
                "pa,id=host,server=" + pulse.address() + ",out.name=" + SINK + ",in.name=" + SINK + ".monitor",
                "-device",
                "virtio-sound-pci,audiodev=host");
    }

    @Override
    public void close() {
        if (guest != null) {
            guest.close();
            guest = null;
        }
    }
}
