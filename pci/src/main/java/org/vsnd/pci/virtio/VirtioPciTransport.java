// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.DeviceStatus.DEVICE_NEEDS_RESET;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER_BITS;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER_OK;
import static org.vsnd.pci.virtio.DeviceStatus.FAILED;
import static org.vsnd.pci.virtio.DeviceStatus.FEATURES_OK;
import static org.vsnd.pci.virtio.DeviceStatus.SUSPEND;
import static org.vsnd.virtio.VirtioDevice.NO_QUEUE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_IN_ORDER;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_NOTIFICATION_DATA;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_RESET;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_SUSPEND;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * The state between the registers and the device: status, features, queues, bus mastering, and the one rule for
 * when the device may run.
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
    private static final long ALWAYS_OFFERED =
            VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1 | VIRTIO_F_RING_RESET;
    private static final long OFFERED_IF_WANTED =
            VIRTIO_F_RING_PACKED | VIRTIO_F_IN_ORDER | VIRTIO_F_NOTIFICATION_DATA | VIRTIO_F_SUSPEND;

    private final VirtioDevice device;
    private final VirtioInterrupts interrupts;
    private final FaultLog faults;
    private final GatedMemory memory;
    private final FeatureNegotiation features;
    private final QueueRegisters[] queues;
    private final Runnable[] served;
    private final HaikuDriver haiku;
    private final long deliveryNanos;

    private int status;
    private boolean busMaster;
    private boolean closed;
    /** The device has been told of DRIVER_OK, or that the driver is early. */
    private boolean running;
    /** The device has not been told of DRIVER_OK yet, although it is running. */
    private boolean early;

    private boolean earlyLogged;

    /** The device has been told to suspend, and has something in process. */
    private boolean suspending;
    /** The driver has resumed the device, which has not been told yet. */
    private boolean resuming;
    /** The configuration has changed while the device was suspended (PCI-17). */
    private boolean notificationOwed;

    private int generation;
    private boolean configChangedSinceRead;

    /** @param wanted of the features that are offered only if they are wanted */
    VirtioPciTransport(Host host, VirtioDevice device, VirtioInterrupts interrupts, long wanted) {
        if ((wanted & ~OFFERED_IF_WANTED) != 0) {
            throw new IllegalArgumentException(String.format("features 0x%x", wanted));
        }
        this.device = device;
        this.interrupts = interrupts;
        faults = new FaultLog(host.thread());
        memory = new GatedMemory(host.memory());
        features = new FeatureNegotiation(ALWAYS_OFFERED | wanted | device.deviceFeatures());
        queues = new QueueRegisters[device.queueCount()];
        int segmentsMax = CardBudget.of(host).count(CardBudget.Limit.QUEUE_SEGMENTS);
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new QueueRegisters(
                    new Virtqueue(i, device.queueSizeMax(i), segmentsMax, memory, interrupts::queue));
        }
        served = new Runnable[queues.length];
        Arrays.fill(served, (Runnable) () -> {});
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
        return queues.length;
    }

    @Override
    public Virtqueue queue(int index) {
        return queues[index].queue();
    }

    @Override
    public void onNotify(int index, Runnable task) {
        served[index] = task;
    }

    /** The registers of an existing queue. */
    QueueRegisters registers(int index) {
        return queues[index];
    }

    int status() {
        return status;
    }

    /** Driver writes device_status: 0 resets, other bits can only be added. */
    void writeStatus(int value) {
        if (value == 0) {
            reset();
            return;
        }
        boolean initialised = (status & (FEATURES_OK | DRIVER_OK)) == (FEATURES_OK | DRIVER_OK); // PCI-16
        boolean wasSuspended = isSuspended();
        int added = value & DRIVER_BITS & ~status;
        if ((added & FEATURES_OK) != 0 && !acceptFeatures()) {
            added &= ~FEATURES_OK;
        }
        status |= added;
        if (wasSuspended && (added & DRIVER_OK) != 0) {
            resume();
        }
        run();
        if (initialised && (value & SUSPEND) != 0 && (features.negotiated() & VIRTIO_F_SUSPEND) != 0) {
            suspend();
        }
    }

    /** Whether the driver has suspended the device, which has nothing in process any more. */
    boolean isSuspended() {
        return (status & SUSPEND) != 0;
    }

    /** SUSPEND shows and DRIVER_OK goes when nothing is in process any more (PCI-18). */
    private void suspend() {
        if (suspending || !usable(status, false)) {
            return;
        }
        suspending = true;
        resuming = false;
        if (running) {
            device.suspend();
        } else {
            suspended(); // the device has never been told of DRIVER_OK
        }
    }

    @Override
    public void suspended() {
        if (suspending) {
            suspending = false;
            status = (status & ~DRIVER_OK) | SUSPEND;
            updateGate();
        }
    }

    private void resume() {
        status &= ~SUSPEND;
        updateGate();
        if (notificationOwed) {
            notificationOwed = false;
            interrupts.config();
        }
        resuming = running;
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

    /** Whether no queue was enabled in the other format, before the driver acknowledged or withdrew that. */
    private boolean queuesFit() {
        for (QueueRegisters queue : queues) {
            if (!queue.queue().fits(features.negotiated())) {
                return false;
            }
        }
        return true;
    }

    /** Resets everything of virtio; config_generation goes on (PCI-09, PCI-31, PCI-32, PCI-54). */
    void reset() {
        status = 0;
        running = false;
        early = false;
        suspending = false;
        resuming = false;
        notificationOwed = false;
        updateGate();
        device.reset();
        for (QueueRegisters queue : queues) {
            queue.reset();
        }
        features.reset();
        passFeatures();
        haiku.reset();
        interrupts.reset();
        status = 0;
    }

    /** Driver writes 1 to queue_enable. */
    void enable(int index) {
        QueueRegisters queue = queues[index];
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
        if ((status & FEATURES_OK) == 0 || (features.negotiated() & VIRTIO_F_RING_RESET) == 0) {
            return;
        }
        if (running) {
            device.queueReset(index);
        }
        queues[index].reset();
        interrupts.setQueueVector(index, CommonCfg.NO_VECTOR);
    }

    /**
     * Driver notifies a queue, which may not exist (PCI-42). Before DRIVER_OK nothing is consumed (PCI-02), unless the driver
     * begins early.
     */
    void notifyQueue(int index) {
        if (!running && index == device.earlyQueue() && mayBeginEarly(index)) {
            beginEarly();
        }
        if (running && mayRun() && index < queues.length) {
            served[index].run();
        }
    }

    /** Driver writes Command bit 2. */
    void setBusMaster(boolean on) {
        if (on == busMaster) {
            return;
        }
        busMaster = on;
        updateGate();
        if (running) {
            for (int i = 0; i < queues.length; i++) {
                notifyQueue(i);
            }
        }
        run();
    }

    /** Shows a new value if the configuration has changed since the last read (PCI-30). */
    int readConfigGeneration() {
        if (configChangedSinceRead) {
            configChangedSinceRead = false;
            generation = (generation + 1) & 0xff;
        }
        return generation;
    }

    @Override
    public void configChanged() {
        configChangedSinceRead = true;
        notifyConfigChange();
    }

    private void notifyConfigChange() {
        if ((status & DRIVER_OK) != 0) {
            interrupts.config();
        } else if (isSuspended()) {
            notificationOwed = true;
        }
    }

    @Override
    public void needsReset(String reason) {
        if (status == 0 || (status & DEVICE_NEEDS_RESET) != 0) {
            return; // there is no driver to tell, or it has already been told
        }
        faults.report(reason);
        status |= DEVICE_NEEDS_RESET;
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
        closed = true;
        updateGate();
        device.close();
    }

    /** Writes the section {@code VIRT}, the queues' and the device's. */
    void save(SnapshotWriter out) {
        out.section(SECTION);
        out.u8(status).bool(running).bool(early).u8(generation).bool(configChangedSinceRead);
        out.bool(suspending).bool(resuming).bool(notificationOwed);
        features.save(out);
        haiku.save(out);
        interrupts.save(out);
        for (QueueRegisters queue : queues) {
            queue.save(out);
        }
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
        int savedStatus = in.u8("device_status", 0xff);
        in.require(
                (savedStatus & ~(DRIVER_BITS | DEVICE_NEEDS_RESET | SUSPEND)) == 0,
                "device_status has impossible bits");
        boolean wasRunning = in.bool("running");
        boolean wasEarly = in.bool("running before DRIVER_OK");
        boolean wasSuspended = (savedStatus & SUSPEND) != 0;
        boolean usable = usable(savedStatus, wasEarly);
        in.require(!wasEarly || wasRunning, "the driver has begun early, and the device does not run");
        in.require(
                !wasRunning || wasEarly || wasSuspended || (savedStatus & DRIVER_OK) != 0,
                "the device runs without DRIVER_OK");
        in.require(!wasSuspended || (!wasEarly && !usable), "the device is suspended, and runs");
        in.require(
                (wasRunning && !(wasEarly && (savedStatus & DRIVER_OK) != 0)) || !(usable && withBusMaster),
                "the device does not run despite DRIVER_OK");
        int savedGeneration = in.u8("config_generation", 0xff);
        boolean changed = in.bool("configuration changed");
        boolean wasSuspending = in.bool("the device has something in process before it is suspended");
        boolean wasResuming = in.bool("the device does not know yet that it is resumed");
        boolean owed = in.bool("a notification is owed");
        in.require(
                !(wasSuspending || wasResuming) || (wasRunning && !wasSuspended && !(wasSuspending && wasResuming)),
                "a device is suspended and resumed at a time");
        in.require(!owed || wasSuspended, "a notification is owed to a driver that could have it");
        List<Runnable> steps = new ArrayList<>();
        FeatureNegotiation.Saved saved = features.load(in, (savedStatus & FEATURES_OK) != 0, wasEarly);
        steps.add(saved.restore());
        steps.add(this::passFeatures);
        steps.add(haiku.load(in));
        steps.add(interrupts.load(in));
        RestoredChains chains = new RestoredChains();
        for (QueueRegisters queue : queues) {
            steps.add(queue.load(in, saved.negotiated(), chains));
        }
        in.require(
                (saved.negotiated() & VIRTIO_F_SUSPEND) != 0 || !(wasSuspending || wasResuming || wasSuspended),
                "the device is suspended by a driver that cannot do that");
        boolean serving = wasRunning && (usable || (wasSuspended && (savedStatus & DEVICE_NEEDS_RESET) == 0));
        Runnable deviceStep = device.load(in, chains, serving);
        in.require(!serving || chains.allClaimed(), "a chain is with the device, and it has lost it");
        in.require(!wasEarly || device.earlyQueue() != NO_QUEUE, "a strict device runs before DRIVER_OK");
        return () -> {
            status = savedStatus;
            running = wasRunning;
            early = wasEarly;
            generation = savedGeneration;
            configChangedSinceRead = changed;
            suspending = wasSuspending;
            resuming = wasResuming;
            notificationOwed = owed;
            busMaster = withBusMaster;
            steps.forEach(Runnable::run);
            updateGate();
            deviceStep.run();
            if (serving && (wasSuspending || wasResuming || wasSuspended)) {
                device.restoreSuspended(wasSuspending);
            }
        };
    }

    /** Passes DRIVER_OK on once, as soon as the device may run. */
    private void run() {
        updateGate();
        if (resuming && mayRun()) {
            resuming = false;
            device.resume();
        }
        if ((running && !early) || (status & DRIVER_OK) == 0 || !mayRun()) {
            return;
        }
        if (!queuesFit()) {
            needsReset("a queue was enabled in the other format"); // FEATURES_OK would not have stayed set
            return;
        }
        running = true;
        early = false;
        passFeatures();
        device.driverOk(features.negotiated());
    }

    private boolean mayBeginEarly(int index) {
        return busMaster
                && !closed
                && (status & (DRIVER | DRIVER_OK | SUSPEND | DEVICE_NEEDS_RESET | FAILED)) == DRIVER
                && !features.refused()
                && queues[index].enabled()
                && queuesFit();
    }

    private void beginEarly() {
        running = true;
        early = true;
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

    private void passFeatures() {
        for (QueueRegisters queue : queues) {
            queue.queue().setFeatures(features.negotiated());
        }
    }

    private boolean mayRun() {
        return busMaster && !closed && usable(status, early);
    }

    private static boolean usable(int status, boolean early) {
        return (status & DEVICE_NEEDS_RESET) == 0 && (early || (status & DRIVER_OK) != 0);
    }

    private void updateGate() {
        memory.setOpen(mayRun());
    }
}
