package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.vsnd.it.audio.TapeBackend;
import org.vsnd.it.host.FlatMemory;
import org.vsnd.it.host.InterruptLog;
import org.vsnd.it.host.VirtualBus;
import org.vsnd.it.host.VirtualHost;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PluginException;

/** A machine in this process with virtual time. */
final class VirtualMachine implements Machine {
    static final int RAM_BYTES = 32 << 20;

    private final TapeBackend tape = new TapeBackend();
    private final VirtualHost host;
    private final SoundCard card;
    private final VirtualBus bus;

    private VirtualMachine(FlatMemory memory, InterruptLog interrupts, Map<String, String> options) {
        host = new VirtualHost(memory, interrupts);
        try {
            card = new VirtioSoundPlugin().create(host, options, tape);
        } catch (PluginException e) {
            throw new IllegalArgumentException(e);
        }
        bus = new VirtualBus(host, card);
    }

    /** Memory above 4 GiB of which the device may touch only what the driver offers. */
    static VirtualMachine guarded(Map<String, String> options) {
        return new VirtualMachine(FlatMemory.guarded(1L << 32, RAM_BYTES), new InterruptLog(2048, false), options);
    }

    static VirtualMachine guarded() {
        return guarded(Map.of());
    }

    /** Memory from 0 on that the device may touch everywhere. */
    static VirtualMachine open(Map<String, String> options) {
        return new VirtualMachine(FlatMemory.open(0, RAM_BYTES), new InterruptLog(2048, false), options);
    }

    /** A host that keeps the MSI-X table itself. */
    static VirtualMachine hostMasks(Map<String, String> options) {
        return new VirtualMachine(FlatMemory.guarded(0, RAM_BYTES), new InterruptLog(2048, true), options);
    }

    /** A host without MSI. */
    static VirtualMachine intxOnly(Map<String, String> options) {
        return new VirtualMachine(FlatMemory.guarded(0, RAM_BYTES), new InterruptLog(0, false), options);
    }

    VirtualHost host() {
        return host;
    }

    SoundCard card() {
        return card;
    }

    @Override
    public VirtualBus bus() {
        return bus;
    }

    @Override
    public TapeBackend tape() {
        return tape;
    }

    @Override
    public void close() {
        bus.close();
        assertThat(host.memory().violations())
                .as("accesses the driver had not allowed")
                .isEmpty();
        assertThat(host.interrupts().strays()).as("stray interrupts").isZero();
        assertThat(tape.isClosed()).isTrue();
    }
}
