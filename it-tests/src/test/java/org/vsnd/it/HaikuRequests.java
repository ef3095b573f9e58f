// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuSoundDriver;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.KernelLog;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.PlaybackSource;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.guest.host.VirtualBus;

/** The model of Haiku whose control requests are looked at in the driver's page, and changed there, before the card is. */
final class HaikuRequests implements KernelLog, AutoCloseable {
    static final int NOTHING = 0;
    static final int SET_PARAMS = SndWire.R_PCM_SET_PARAMS;
    static final int START = SndWire.R_PCM_START;

    private static final int NO_STREAM = 99;

    private final VirtualMachine machine;
    private final HaikuMachine haiku;
    private final List<String> codes = new ArrayList<>();
    private long page;
    private int spoiled = NOTHING;

    HaikuRequests(VirtualMachine machine) {
        this.machine = machine;
        NotifyTap tap = new NotifyTap(machine.card(), queue -> {
            if (queue == SndWire.CONTROL_QUEUE) {
                look();
            }
            return true;
        });
        haiku = new HaikuMachine(new VirtualBus(machine.host(), tap), HaikuVersion.BRANCH, this);
        haiku.firmware();
        haiku.boot();
    }

    HaikuRequests() {
        this(VirtualMachine.guarded());
    }

    private void look() {
        int code = machine.bus().ram().get32(page);
        codes.add("0x" + Integer.toHexString(code));
        if (code == spoiled) {
            machine.bus().ram().put32(page + 4, NO_STREAM);
        }
    }

    @Override
    public void areaCreated(String name, long address, int bytes) {
        if (name.contains("ctrl")) {
            page = address;
        }
    }

    /** From now on requests of this code name a stream that does not exist. */
    void spoil(int code) {
        spoiled = code;
    }

    HaikuSoundDriver open() {
        return haiku.open();
    }

    /** Opens the device and starts a silent node. */
    MultiAudioNode play(SampleFormat format) {
        MultiAudioNode node =
                new MultiAudioNode(open(), NodeSettings.of(format, 48_000), PlaybackSource.SILENCE, RecordedSink.NONE);
        node.start();
        return node;
    }

    /** The codes sent since the last call. */
    String take() {
        String taken = String.join(" ", codes);
        codes.clear();
        return taken;
    }

    /** Closes the device. */
    void closeDevice() {
        haiku.close();
    }

    @Override
    public void close() {
        haiku.close();
        haiku.kernel().checkDeletedAreas();
        machine.close();
    }
}
