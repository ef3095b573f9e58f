// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import java.util.Map;
import org.vsnd.audio.tone.ToneBackend;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PluginException;

/** A card in a host with virtual time, whose memory the device may touch everywhere. */
final class SnapshotMachine implements AutoCloseable {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;
    private static final int RAM_BYTES = 16 << 20;

    private final VirtualHost host;
    private final SoundCard card;
    private final VirtualBus bus;

    SnapshotMachine(Map<String, String> options) {
        host = new VirtualHost(FlatMemory.open(0, RAM_BYTES), new InterruptLog(2048, false));
        try {
            card = new VirtioSoundPlugin().create(host, options, new ToneBackend(440));
        } catch (PluginException e) {
            throw new IllegalArgumentException(e);
        }
        bus = new VirtualBus(host, card);
    }

    VirtualHost host() {
        return host;
    }

    SoundCard card() {
        return card;
    }

    VirtualBus bus() {
        return bus;
    }

    /** A snapshot in the middle of full duplex, several messages each way: the first partly played, vectors in use. */
    byte[] midway() {
        SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
        new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 1440)).start();
        new PeriodStream(driver, 1, false, StreamSetup.s16At48k(480, 960)).start();
        bus.pass(25 * MILLI);
        return card.snapshot();
    }

    /** The same with one message each way, by INTx, which is asserted. */
    byte[] midwayOfOne() {
        SoundDriver driver = SoundDriver.start(bus, DriverStyle.HAIKU.withMsix(false));
        PeriodStream output = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(4800, 4800));
        output.start();
        new PeriodStream(driver, 1, false, StreamSetup.s16At48k(4800, 4800)).start();
        bus.pass(85 * MILLI);
        return card.snapshot();
    }

    /** A driver that knows nothing of what was finds a card that works. */
    void playsForAFreshDriver() {
        bus.writeConfig(0x04, 2, 0x0006);
        SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
        PeriodStream output = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 1440));
        output.start();
        output.runUntil(5, SECOND);
        PeriodStream capture = new PeriodStream(driver, 1, false, StreamSetup.s16At48k(480, 960));
        capture.start();
        capture.runUntil(5, SECOND);
        driver.commandOk(SndWire.R_PCM_STOP, 0);
        driver.commandOk(SndWire.R_PCM_RELEASE, 0);
    }

    @Override
    public void close() {
        bus.close();
    }
}
