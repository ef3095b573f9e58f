// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Consumer;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.Host;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.record.TraceRecorder;
import org.vsnd.trace.tape.TapeBackend;

/** A machine in this process with virtual time. */
final class VirtualMachine implements Machine {
    static final int RAM_BYTES = 32 << 20;
    /** What the SPI says of a host that says nothing. */
    private static final long SLOWEST_NANOS = 30_000_000;

    private final TapeBackend tape = new TapeBackend();
    private final VirtualHost host;
    private final SoundCard card;
    private final VirtualBus bus;
    private Runnable afterwards = () -> {};

    private VirtualMachine(FlatMemory memory, InterruptLog interrupts, Map<String, String> options) {
        host = new VirtualHost(memory, interrupts);
        card = plug(host, options);
        bus = new VirtualBus(host, card);
    }

    private VirtualMachine(FlatMemory memory, Map<String, String> options, TraceRecorder recorder) {
        host = new VirtualHost(memory, new InterruptLog(2048, false));
        SoundCard[] plugged = new SoundCard[1];
        try {
            bus = new VirtualBus(host, recorder.around(host, recorded -> plugged[0] = plug(recorded, options)));
        } catch (PluginException e) {
            throw new IllegalArgumentException(e);
        }
        card = plugged[0];
    }

    private VirtualMachine(Map<String, String> options, Consumer<RestlessHost> restless) {
        host = new VirtualHost(FlatMemory.open(0, RAM_BYTES), new InterruptLog(2048, false));
        RestlessHost around = new RestlessHost(host);
        card = plug(around, options);
        bus = new VirtualBus(host, card);
        restless.accept(around);
    }

    private SoundCard plug(Host into, Map<String, String> options) {
        try {
            return new VirtioSoundPlugin().create(into, options, tape);
        } catch (PluginException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Memory that the device may touch everywhere, and a guest that takes its interrupts as late as a hypervisor's may. */
    static VirtualMachine slow(Map<String, String> options) {
        return new VirtualMachine(FlatMemory.open(0, RAM_BYTES), new InterruptLog(2048, false, SLOWEST_NANOS), options);
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

    /**
     * As {@link #open(Map)}, but somebody may write there while the device reads.
     *
     * @param restless given the host
     */
    static VirtualMachine restless(Map<String, String> options, Consumer<RestlessHost> restless) {
        return new VirtualMachine(options, restless);
    }

    /** A host that keeps the MSI-X table itself. */
    static VirtualMachine hostMasks(Map<String, String> options) {
        return new VirtualMachine(FlatMemory.guarded(0, RAM_BYTES), new InterruptLog(2048, true), options);
    }

    /** A host without MSI. */
    static VirtualMachine intxOnly(Map<String, String> options) {
        return new VirtualMachine(FlatMemory.guarded(0, RAM_BYTES), new InterruptLog(0, false), options);
    }

    /** As {@link #guarded(Map)}, and recorded; the caller closes the recorder afterwards. */
    static VirtualMachine recorded(Map<String, String> options, TraceRecorder recorder) {
        return new VirtualMachine(FlatMemory.guarded(1L << 32, RAM_BYTES), options, recorder);
    }

    /** As {@link #guarded(Map)}, and recorded; in the end the trace must be whole. */
    static VirtualMachine recorded(Map<String, String> options) {
        TemporaryTrace trace = new TemporaryTrace();
        VirtualMachine machine = recorded(options, trace.recorder());
        machine.afterwards = trace::close;
        return machine;
    }

    /** As {@link #open(Map)}, and recorded; the caller closes the recorder afterwards. */
    static VirtualMachine openRecorded(Map<String, String> options, TraceRecorder recorder) {
        return new VirtualMachine(FlatMemory.open(0, RAM_BYTES), options, recorder);
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
        afterwards.run();
    }
}
