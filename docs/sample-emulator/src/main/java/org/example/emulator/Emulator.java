// SPDX-License-Identifier: Apache-2.0
package org.example.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.vsnd.pci.ecam.EcamHostBridge;
import org.vsnd.pci.ecam.EcamLayout;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.PluginException;

/**
 * An emulator with nothing in it but memory, a PCI bus and vsnd's card, whose guest plays a melody. Its first argument is
 * the back end: {@code wav:melody.wav} unless given; with any other the guest is held to real time.
 */
public final class Emulator {
    private static final long STEP_NANOS = 100_000;
    private static final int RATE = 48_000;
    private static final int[] NOTES = {60, 64, 67, 72, 67, 64, 60, 60}; // as MIDI numbers them

    private Emulator() {}

    /** Plays, and ends when all has been played. */
    public static void main(String[] arguments) throws PluginException, GuestMemoryException {
        String backend = arguments.length > 0 ? arguments[0] : "wav:melody.wav";
        byte[][] pages = new byte[8192][PagedMemory.PAGE]; // the emulator's memory, 32 MiB
        boolean[] lines = new boolean[4]; // what its interrupt controller looks at
        EcamLayout layout = new EcamLayout(0x3000_0000L, 0xe000_0000L, 0x1000_0000L);
        EcamHostBridge bridge = new EcamHostBridge(layout, (line, asserted) -> lines[line] = asserted);
        PagedMemory memory = new PagedMemory(0x8000_0000L, pages);
        Map<String, String> options = Map.of("backend", backend);
        try (ReferenceHost host = new ReferenceHost(memory, bridge.slot(1, 0), new VirtioSoundPlugin(), options)) {
            Throttle throttle = new Throttle();
            Runnable step = () -> { // here your processor runs instructions
                host.thread().advance(STEP_NANOS);
                if (!backend.startsWith("wav:")) {
                    throttle.ran(STEP_NANOS);
                }
            };
            ByteBuffer melody = melody();
            new StandInDriver(bridge, memory, 0x8000_0000L, step).play(melody);
        }
        System.out.println("played into " + backend);
    }

    /** Half a second of each note, 16-bit stereo, whole periods. */
    static ByteBuffer melody() {
        ByteBuffer samples =
                ByteBuffer.allocate(NOTES.length * RATE / 2 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int frame = 0; samples.hasRemaining(); frame++) {
            double hertz = 440 * Math.pow(2, (NOTES[frame / (RATE / 2)] - 69) / 12.0);
            double seconds = (double) (frame % (RATE / 2)) / RATE;
            short sample = (short) (12_000 * Math.exp(-4 * seconds) * Math.sin(2 * Math.PI * hertz * seconds));
            samples.putShort(sample).putShort(sample);
        }
        return samples.flip();
    }
}
