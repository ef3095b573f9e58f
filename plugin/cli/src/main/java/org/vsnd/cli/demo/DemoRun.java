// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.demo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.tone.ToneBackend;
import org.vsnd.cli.boot.PcmClip;
import org.vsnd.cli.boot.StallWatch;
import org.vsnd.cli.boot.Synthesizer;
import org.vsnd.cli.sound.TapedAudio;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.WallBus;
import org.vsnd.guest.host.WallHost;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/**
 * A card loaded as an emulator loads it, and a model of Haiku that plays a melody and records a tone through it, in real
 * time. One thread.
 */
public final class DemoRun {
    static final int TONE_HZ = 440;

    private static final int RAM_BYTES = 64 << 20;
    private static final int MSIX_VECTORS = 2;
    private static final int REALTIME_PRIORITY = 50;
    /** The media server plays two silent buffers first, and its last buffers are still to be heard. */
    private static final int MORE_EXCHANGES = 5;

    private static final int SPARE_BYTES = 4 << 20;

    private final PcmClip melody = Synthesizer.melody();
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    private final TapedAudio audio;
    private int filledBytes;

    /** Told of each exchange. */
    public interface Listener {
        /**
         * An exchange has ended.
         *
         * @param number from 1 to {@code of}
         * @param seconds since the first began
         */
        void exchanged(int number, int of, double seconds);
    }

    /**
     * Prepares it.
     *
     * @param hostAudio to play into; closed by {@link #run}
     */
    public DemoRun(AudioBackend hostAudio) {
        audio = new TapedAudio(hostAudio, new ToneBackend(TONE_HZ), melody.bytes().length + SPARE_BYTES);
    }

    /**
     * Runs it.
     *
     * @throws PluginException if the card cannot be made
     */
    public DemoReport run(Listener listener) throws PluginException {
        WallHost host = new WallHost(
                FlatMemory.open(0, RAM_BYTES),
                new InterruptLog(MSIX_VECTORS, false),
                () -> RealtimePriority.request(REALTIME_PRIORITY),
                audio);
        MultiAudioNode node;
        StallWatch stalls = new StallWatch();
        try (stalls;
                WallBus bus = new WallBus(host, load(host))) {
            HaikuMachine machine = new HaikuMachine(bus, HaikuVersion.BRANCH);
            machine.firmware();
            machine.boot();
            node = new MultiAudioNode(
                    machine.open(), NodeSettings.of(SampleFormat.S16, PcmClip.RATE_HZ), this::fill, this::keep);
            node.start();
            int count = melody.bytes().length / node.periodBytes() + MORE_EXCHANGES;
            long startNanos = bus.nanoTime();
            for (int i = 1; i <= count; i++) {
                node.exchange();
                listener.exchanged(i, count, (bus.nanoTime() - startNanos) / 1e9);
            }
            node.close();
        }
        return DemoReport.of(
                melody,
                node.exchanges(),
                new PcmClip(audio.played()),
                new PcmClip(recorded.toByteArray()),
                audio.hostName(),
                stalls.longestNanos());
    }

    /** As {@code plugin.yaml} says. */
    private static PciFunction load(Host host) throws PluginException {
        String name = VirtioSoundPlugin.descriptor().className();
        try {
            PciDevicePlugin plugin = Class.forName(name)
                    .asSubclass(PciDevicePlugin.class)
                    .getConstructor()
                    .newInstance();
            return plugin.create(host, Map.of());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("plugin.yaml names a class that cannot be made: " + name, e);
        }
    }

    private void fill(ByteBuffer frames) {
        int bytes = Math.min(frames.remaining(), melody.bytes().length - filledBytes);
        frames.put(melody.bytes(), filledBytes, bytes);
        filledBytes += bytes;
    }

    private void keep(ByteBuffer frames) {
        byte[] bytes = new byte[frames.remaining()];
        frames.get(bytes);
        recorded.writeBytes(bytes);
    }
}
