// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.io.IOException;
import java.nio.file.Path;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuSoundDriver;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;

/** A machine that runs Haiku, the model, with vsnd's card in it, attached as QEMU does it. One thread at a time. */
final class HaikuClient implements AutoCloseable {
    private static final int RAM_BYTES = 64 << 20;

    private final ClientMemory memory;
    private final VfioUserBus bus;
    private final HaikuMachine machine;

    private HaikuClient(ClientMemory memory, VfioUserBus bus) {
        this.memory = memory;
        this.bus = bus;
        machine = new HaikuMachine(bus, HaikuVersion.BRANCH);
    }

    /** Plugs the card behind a socket in and boots. */
    static HaikuClient connect(Path socket) throws IOException {
        ClientMemory memory = new ClientMemory(RAM_BYTES);
        try {
            HaikuClient client = new HaikuClient(memory, VfioUserBus.connect(socket, Personality.QEMU, memory));
            client.machine.firmware();
            client.machine.boot();
            return client;
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /** Opens the card's device for the first time, or after it was closed. */
    HaikuSoundDriver open() {
        return machine.open();
    }

    @Override
    public void close() {
        bus.unplug();
        memory.close();
    }
}
