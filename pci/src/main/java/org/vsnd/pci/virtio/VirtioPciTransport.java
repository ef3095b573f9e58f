// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.DeviceStatus.DEVICE_NEEDS_RESET;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER_BITS;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER_OK;
import static org.vsnd.pci.virtio.DeviceStatus.FEATURES_OK;
import static org.vsnd.pci.virtio.DeviceStatus.SUSPEND;
import static org.vsnd.virtio.VirtioDevice.NO_QUEUE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_RESET;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_SUSPEND;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.Host;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/**
 * What is between the registers and the device: tells the device what its driver does, and the driver what becomes of it.
 *
 * <p><b>Bus mastering off</b> (PCI-57). Notifications are held back and DRIVER_OK is shown but not yet passed on; when
 * bus mastering comes back the device is told to look at every queue. A stream that runs meanwhile keeps its clock. If
 * one of its messages falls due before bus mastering is back, access to guest memory is refused and the device asks for
 * a reset: the driver has cut the device off in the middle of a transfer, and its buffer can be neither played nor
 * given back in time. Between two messages this does no harm.
 *
 * <p><b>Before DRIVER_OK</b> (PCI-02, ADR 25). Some drivers ask the device what it can do, or even play, before they set
 * DRIVER_OK. Unless the device is strict, the first notification of its {@link VirtioDevice#earlyQueue} then starts it, if
 * that queue is enabled, bus mastering is on and the features are settled. Without that notification nothing is different.
 */
final class VirtioPciTransport implements VirtioTransport {
    private static final Logger LOG = System.getLogger(VirtioPciTransport.class.getName());
    private static final Section SECTION = new Section("VIRT", "transport");

    private final VirtioDevice device;
    private final VirtioInterrupts interrupts;
    private final FaultLog faults;
    private final GatedMemory memory;
    private final FeatureNegotiation features;
    private final TransportQueues queues;
    private final HaikuDriver haiku;
    private final long deliveryNanos;

    private final DriverState state = new DriverState();
    private final Suspension suspension = new Suspension();
    private final ConfigGeneration generation = new ConfigGeneration();

    private boolean earlyLogged;

    /** @param wanted of the features that are offered only if they are wanted */
    VirtioPciTransport(Host host, VirtioDevice device, VirtioInterrupts interrupts, long wanted) {
        this.device = device;
        this.interrupts = interrupts;
        faults = new FaultLog(host.thread());
        memory = new GatedMemory(host.memory());
        features = new FeatureNegotiation(device, wanted);
        int segmentsMax = CardBudget.of(host).count(CardBudget.Limit.QUEUE_SEGMENTS);
        queues = new TransportQueues(device, segmentsMax, memory, interrupts::queue);
        haiku = new HaikuDriver(queues);
        deliveryNanos = Math.max(0, host.interrupts().deliveryNanos());
    }

    HaikuDriver haiku() {
        return haiku;
    }

    FeatureNegotiation features() {
        return features;
    }

    int queueCount() {
        return queues.count();
    }

    @Override
    public Virtqueue queue(int index) {
        return queues.registers(index).queue();
    }

    @Override
    public void onNotify(int index, Runnable task) {
        queues.onNotify(index, task);
    }

    /** The registers of an existing queue. */
    QueueRegisters registers(int index) {
        return queues.registers(index);
    }

    int status() {
        return state.status();
    }

    /** Driver writes device_status: 0 resets, other bits can only be added. */
    void writeStatus(int value) {
        if (value == 0) {
            reset();
            return;
        }
        boolean initialised = state.has(FEATURES_OK | DRIVER_OK); // PCI-16
        boolean wasSuspended = isSuspended();
        int added = value & DRIVER_BITS & ~state.status();
        if ((added & FEATURES_OK) != 0 && !acceptFeatures()) {
            added &= ~FEATURES_OK;
        }
        state.add(added);
        if (wasSuspended && (added & DRIVER_OK) != 0) {
            resume();
        }
        run();
        if (initialised && (value & SUSPEND) != 0 && features.has(VIRTIO_F_SUSPEND)) {
            suspend();
        }
    }

    /** Whether the driver has suspended the device, which has nothing in process any more. */
    boolean isSuspended() {
        return state.has(SUSPEND);
    }

    /** SUSPEND shows and DRIVER_OK goes when nothing is in process any more (PCI-18). */
    private void suspend() {
        if (suspension.isBegun() || !state.isUsable()) {
            return;
        }
        suspension.begin();
        if (state.isRunning()) {
            device.suspend();
        } else {
            suspended(); // the device has never been told of DRIVER_OK
        }
    }

    @Override
    public void suspended() {
        if (suspension.end()) {
            state.suspend();
            updateGate();
        }
    }

    private void resume() {
        state.resume();
        updateGate();
        if (suspension.takeNotification()) {
            interrupts.config();
        }
        suspension.resume(state.isRunning());
    }

    /** Whether FEATURES_OK stays set. If so the queues, which the driver enables next, have the features. */
    private boolean acceptFeatures() {
        if (!features.accept()) {
            return false;
        }
        if (!queuesFit()) {
            features.refuse();
            return false;
        }
        passFeatures();
        return true;
    }

    private void passFeatures() {
        queues.setFeatures(features.negotiated());
    }

    /** Whether no queue was enabled in the other format, before the driver acknowledged or withdrew that. */
    private boolean queuesFit() {
        return queues.fit(features.negotiated());
    }

    /** Resets everything of virtio; config_generation goes on (PCI-09, PCI-31, PCI-32, PCI-54). */
    void reset() {
        state.reset();
        suspension.reset();
        updateGate();
        device.reset();
        queues.reset();
        features.reset();
        passFeatures();
        haiku.reset();
        interrupts.reset();
    }

    /** Driver writes 1 to queue_enable. */
    void enable(int index) {
        QueueRegisters queue = queues.registers(index);
        if (queue.enabled()) {
            return;
        }
        queue.queue().setFeatures(features.negotiated()); // FEATURES_OK need not be set
        try {
            queue.enable();
        } catch (VirtqueueException e) {
            needsReset("cannot enable: " + e.getMessage());
        }
    }

    /** Driver writes 1 to queue_reset: done before it can read the register (PCI-33). Ignored unless negotiated. */
    void resetQueue(int index) {
        if (!state.has(FEATURES_OK) || !features.has(VIRTIO_F_RING_RESET)) {
            return;
        }
        if (state.isRunning()) {
            device.queueReset(index);
        }
        queues.registers(index).reset();
        interrupts.setQueueVector(index, CommonCfg.NO_VECTOR);
    }

    /**
     * Driver notifies a queue, which may not exist (PCI-42). Before DRIVER_OK nothing is consumed (PCI-02), unless the driver
     * begins early.
     */
    void notifyQueue(int index) {
        if (!state.isRunning() && index == device.earlyQueue() && mayBeginEarly(index)) {
            beginEarly();
        }
        if (state.isRunning() && state.mayRun()) {
            queues.serve(index);
        }
    }

    /** Driver writes Command bit 2. */
    void setBusMaster(boolean on) {
        if (on == state.busMaster()) {
            return;
        }
        state.setBusMaster(on);
        updateGate();
        if (state.isRunning()) {
            for (int i = 0; i < queues.count(); i++) {
                notifyQueue(i);
            }
        }
        run();
    }

    /** Shows a new value if the configuration has changed since the last read (PCI-30). */
    int readConfigGeneration() {
        return generation.read();
    }

    @Override
    public void configChanged() {
        generation.changed();
        notifyConfigChange();
    }

    private void notifyConfigChange() {
        if (state.has(DRIVER_OK)) {
            interrupts.config();
        } else if (isSuspended()) {
            suspension.oweNotification();
        }
    }

    @Override
    public void needsReset(String reason) {
        if (state.status() == 0 || state.has(DEVICE_NEEDS_RESET)) {
            return; // there is no driver to tell, or it has already been told
        }
        faults.report(reason);
        state.add(DEVICE_NEEDS_RESET);
        updateGate();
        notifyConfigChange();
    }

    @Override
    public long interruptLeadNanos() {
        return haiku.isPresent() ? deliveryNanos : INTERRUPT_AFTER;
    }

    @Override
    public boolean interruptUnderway(int queue) {
        return interrupts.queueUnderway(queue);
    }

    /** Ends the device; {@link #reset} comes first. */
    void close() {
        state.close();
        updateGate();
        device.close();
    }

    /** Writes the section {@code VIRT}, the queues' and the device's. */
    void save(SnapshotWriter out) {
        out.section(SECTION);
        state.save(out);
        generation.save(out);
        suspension.save(out);
        features.save(out);
        haiku.save(out);
        interrupts.save(out);
        queues.save(out);
        device.save(out);
    }

    /**
     * Reads these, and changes nothing.
     *
     * @param withBusMaster Command bit 2 as saved
     * @return restores transport, queues and device
     */
    Runnable load(SnapshotReader in, boolean withBusMaster) throws SnapshotException {
        in.section(SECTION);
        DriverState.Saved was = DriverState.load(in, withBusMaster);
        Runnable counted = generation.load(in);
        Suspension.Saved suspended = Suspension.load(in, was);
        FeatureNegotiation.Saved wanted = features.load(in, was.has(FEATURES_OK), was.early());
        Runnable known = haiku.load(in);
        Runnable raised = interrupts.load(in);
        RestoredChains chains = new RestoredChains();
        Runnable lives = queues.load(in, wanted.negotiated(), chains);
        boolean stands = suspended.isUnderWay() || was.suspended();
        in.require(
                !stands || (wanted.negotiated() & VIRTIO_F_SUSPEND) != 0,
                "the device is suspended by a driver that cannot do that");
        Runnable deviceStep = device.load(in, chains, was.serving());
        in.require(!was.serving() || chains.allClaimed(), "a chain is with the device, and it has lost it");
        in.require(!was.early() || device.earlyQueue() != NO_QUEUE, "a strict device runs before DRIVER_OK");
        return () -> {
            state.restore(was);
            counted.run();
            suspension.restore(suspended);
            wanted.restore().run();
            passFeatures();
            known.run();
            raised.run();
            lives.run();
            updateGate();
            deviceStep.run();
            if (was.serving() && stands) {
                device.restoreSuspended(suspended.begun());
            }
        };
    }

    /** Passes DRIVER_OK on once, as soon as the device may run. */
    private void run() {
        updateGate();
        if (state.mayRun() && suspension.takeResuming()) {
            device.resume();
        }
        if (!state.isDue()) {
            return;
        }
        if (!queuesFit()) {
            needsReset("a queue was enabled in the other format"); // FEATURES_OK would not have stayed set
            return;
        }
        state.begin(false);
        passFeatures();
        device.driverOk(features.negotiated());
    }

    private boolean mayBeginEarly(int index) {
        return state.mayBeginEarly()
                && !features.refused()
                && queues.registers(index).enabled()
                && queuesFit();
    }

    private void beginEarly() {
        state.begin(true);
        features.freeze();
        updateGate();
        passFeatures();
        device.driverEarly();
        if (!earlyLogged) {
            earlyLogged = true;
            LOG.log(
                    Level.WARNING,
                    "the driver notifies queue {0} before DRIVER_OK, and is served all the same; it should set DRIVER_OK first"
                            + " (VIRTIO 1.4, 3.1.1)",
                    device.earlyQueue());
        }
    }

    private void updateGate() {
        memory.setOpen(state.mayRun());
    }
}
