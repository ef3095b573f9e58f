// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.vsnd.vhostuser.VhostUserFeatures.VHOST_F_LOG_ALL;
import static org.vsnd.vhostuser.VhostUserFeatures.VHOST_USER_F_PROTOCOL_FEATURES;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.server.NotifyWatch;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.ServerParts;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Timer;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;

/**
 * The device's transport: features, rings, and the one rule for when the device runs. It runs from the first time that a
 * ring is active to a reset, or to the moment when a ring begins elsewhere than where it ended: then the driver has
 * started the device anew, and the front end has not said so. While no ring is active the device is {@linkplain Parking
 * parked}, and its time stands still. Device thread only.
 */
final class VhostTransport implements VirtioTransport {
    /** The front end chooses the size of its rings; other back ends allow as much. */
    static final int SIZE_MAX = 1024;

    /** How often a ring without a kick descriptor is looked at. */
    private static final long POLL_NANOS = 1_000_000;

    /** How long an interrupt may be on its way to a driver that cannot cope with it later. */
    private static final long DELIVERY_NANOS = 30_000_000;

    private final VirtioDevice device;
    private final DeviceThread thread;
    private final NotifyWatch notifications;
    private final RateLimitedLog log;
    private final UserAddresses users;
    private final DeviceSettings settings;
    private final Parking parking;
    private final DirtyLog dirty;
    private final Vring[] rings;
    private final Runnable[] served;
    private final Timer poll;
    private final long offered;

    private long features;
    /** The device has been told of DRIVER_OK. */
    private boolean running;
    /** It needs a reset. */
    private boolean broken;

    /** @param dirty gets the pages that the device writes */
    VhostTransport(
            VirtioDevice device,
            ServerParts parts,
            UserAddresses users,
            KeptState kept,
            ParkedState parked,
            DirtyLog dirty)
            throws ErrnoException {
        this.device = device;
        this.dirty = dirty;
        this.users = users;
        thread = parts.loop();
        notifications = parts.notifications();
        log = parts.log();
        settings = new DeviceSettings(device, kept, thread, log);
        offered = device.deviceFeatures()
                | device.offeredFeatures()
                | VIRTIO_F_INDIRECT_DESC
                | VIRTIO_F_EVENT_IDX
                | VIRTIO_F_VERSION_1
                | VHOST_F_LOG_ALL
                | VHOST_USER_F_PROTOCOL_FEATURES;
        rings = new Vring[device.queueCount()];
        served = new Runnable[rings.length];
        Arrays.fill(served, (Runnable) () -> {});
        int segmentsMax = parts.budget().count(Limit.QUEUE_SEGMENTS);
        for (int i = 0; i < rings.length; i++) {
            int index = i;
            LoggedMemory memory = new LoggedMemory(parts.memory(), dirty);
            Virtqueue queue = new Virtqueue(i, SIZE_MAX, segmentsMax, memory, this::call);
            rings[i] = new Vring(new QueueRegisters(queue), memory, kept, parts.loop(), () -> kicked(index));
        }
        parking = new Parking(device, rings, parked, thread, log);
        poll = thread.timer(this::pollRings);
        device.attach(this);
    }

    int ringCount() {
        return rings.length;
    }

    /** Features offered. */
    long offered() {
        return offered;
    }

    /** Sets the driver's features, which cannot change while a ring is active; what is logged can. */
    void setFeatures(long acked) throws ProtocolException {
        if ((acked & ~offered) != 0) {
            throw new ProtocolException(
                    String.format("it takes features that are not offered: 0x%x", acked & ~offered), Errno.EINVAL);
        }
        if (((acked ^ features) & ~VHOST_F_LOG_ALL) != 0 && anyActive()) {
            throw new ProtocolException("it changes the features of a device that runs", Errno.EINVAL);
        }
        dirty.setEverything((acked & VHOST_F_LOG_ALL) != 0);
        features = acked;
        passFeatures();
    }

    private void passFeatures() {
        for (Vring ring : rings) {
            ring.registers().queue().setFeatures(virtioFeatures());
        }
    }

    /** Whether a ring is active. */
    boolean anyActive() {
        for (Vring ring : rings) {
            if (ring.active()) {
                return true;
            }
        }
        return false;
    }

    /** The ring with an index that a message names. */
    Vring ring(long index) throws ProtocolException {
        if (index < 0 || index >= rings.length) {
            throw new ProtocolException("there is no ring " + index, Errno.EINVAL);
        }
        return rings[(int) index];
    }

    /** There is no buffer of the front end any more that records what rings hold. */
    void recordOwn() {
        for (Vring ring : rings) {
            ring.recordOwn();
        }
    }

    /** Whether rings are packed, as far as the driver's features are known. */
    boolean isPacked() {
        return rings[0].registers().isPacked();
    }

    /** SET_VRING_KICK: starts the ring, or gives a started one another descriptor. */
    void setKick(Vring ring, @Nullable EventFd eventFd) throws ProtocolException {
        try {
            ring.setKick(eventFd);
        } catch (ErrnoException e) {
            throw new ProtocolException("its kick descriptor cannot be watched: " + e.getMessage(), e.errno());
        }
        update(ring);
    }

    /** SET_VRING_ENABLE. */
    void setEnabled(Vring ring, boolean on) throws ProtocolException {
        ring.setEnabled(on);
        update(ring);
    }

    /** GET_VRING_BASE: stops the ring, and returns where its next life begins. */
    int stop(Vring ring) {
        int base = ring.stop();
        park();
        return base;
    }

    private void update(Vring ring) throws ProtocolException {
        boolean wanted = ring.wanted((features & VHOST_USER_F_PROTOCOL_FEATURES) == 0);
        if (wanted && !ring.active()) {
            if (ring.takeNewLife() && !anyActive()) {
                endLife();
            }
            if (!running && !broken && !anyActive()) {
                begin();
            }
            ring.activate(
                    users, () -> device.queueReset(ring.registers().queue().index()));
        } else if (!wanted) {
            ring.deactivate();
            park();
            return;
        }
        serve(ring);
        if (ring.polled()) {
            poll.arm(thread.nanoTime() + POLL_NANOS);
        }
    }

    private void park() {
        if (running && !broken && !anyActive()) {
            running = false;
            parking.park(virtioFeatures());
        }
    }

    private long virtioFeatures() {
        return features & ~(VHOST_USER_F_PROTOCOL_FEATURES | VHOST_F_LOG_ALL);
    }

    /** The state of the device, which is parked, or which no driver has. */
    byte[] saveState() {
        byte[] bytes = parking.state();
        passFeatures();
        return bytes;
    }

    /** The process ends. */
    void end() {
        parking.takeChanges();
    }

    /**
     * Parks a device of another process here, while no ring is active.
     *
     * @throws SnapshotException if this is not the state of such a device; nothing has changed
     */
    void loadState(byte[] bytes) throws SnapshotException {
        boolean runs = parking.check(bytes);
        endLife();
        settings.forget();
        if (runs) {
            parking.set(bytes);
        }
    }

    /**
     * The first ring is about to be active. If a device has given something back before, in this process or in another one,
     * the driver goes on with this one.
     */
    private void begin() {
        if (parking.unpark(virtioFeatures(), users)) {
            running = true;
            settingsChanged();
            return;
        }
        boolean goesOn = false;
        for (Vring ring : rings) {
            goesOn |= ring.hasLived(users);
        }
        if (goesOn) {
            settings.takeOver();
        } else {
            settings.forget();
            for (Vring ring : rings) {
                ring.begin();
            }
        }
    }

    @Override
    public void settingsChanged() {
        settings.keep();
    }

    private void kicked(int index) {
        boolean watched = notifications.begins();
        serve(rings[index]);
        if (watched) {
            notifications.ends();
        }
    }

    private void pollRings() {
        boolean again = false;
        for (Vring ring : rings) {
            if (ring.polled()) {
                again = true;
                serve(ring);
            }
        }
        if (again) {
            poll.arm(thread.nanoTime() + POLL_NANOS);
        }
    }

    private void serve(Vring ring) {
        if (broken || !ring.active()) {
            return;
        }
        if (!running) {
            running = true;
            passFeatures();
            device.driverOk(virtioFeatures());
        } else {
            served[ring.registers().queue().index()].run();
        }
    }

    private void call(int index) {
        rings[index].calls().call();
    }

    /** The driver has started the device anew. */
    private void endLife() {
        parking.forget();
        if (running || broken) {
            running = false;
            broken = false;
            device.reset();
        }
        for (Vring ring : rings) {
            ring.outdateRecord();
        }
    }

    /** RESET_DEVICE: the driver starts anew. */
    void resetDevice() {
        reset();
        parking.forget();
        settings.forget();
        for (Vring ring : rings) {
            ring.outdateRecord();
        }
    }

    /**
     * Makes everything as before the first front end, except the descriptors for interrupts. What is kept for the next one
     * stays.
     */
    void reset() {
        running = false;
        broken = false;
        device.reset();
        for (Vring ring : rings) {
            ring.reset();
        }
        poll.cancel();
    }

    /** The device has failed: what it has in mind is not to be trusted. */
    void distrust() {
        broken = true;
    }

    /** The front end is gone; its memory is still there. */
    void disconnect() {
        for (Vring ring : rings) {
            ring.registers().pause();
        }
        park();
        features = 0;
        for (Vring ring : rings) {
            ring.disconnect();
        }
    }

    @Override
    public Virtqueue queue(int index) {
        return rings[index].registers().queue();
    }

    @Override
    public void onNotify(int index, Runnable task) {
        served[index] = task;
    }

    /** Haiku's driver accepts no feature at all, and is the one that needs this. */
    @Override
    public long interruptLeadNanos() {
        return (features & VIRTIO_F_VERSION_1) == 0 ? DELIVERY_NANOS : INTERRUPT_AFTER;
    }

    @Override
    public boolean interruptUnderway(int queue) {
        return false; // the front end may take the signal whenever it likes
    }

    @Override
    public void configChanged() {
        // A driver is not told: no device of ours changes its configuration yet.
    }

    @Override
    public void needsReset(String reason) {
        if (!broken) {
            broken = true;
            log.warn(() -> "the device needs a reset by its driver: " + reason);
            for (Vring ring : rings) {
                ring.calls().error();
            }
        }
    }
}
