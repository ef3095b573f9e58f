// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.Arrays;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.VirtioDevice;

/**
 * Parks a device when its rings have stopped, and makes it again what it was if they go on from there: in the middle of its
 * messages, as if no time had passed. Device thread only.
 */
final class Parking {
    private static final System.Logger LOG = System.getLogger(Parking.class.getName());

    private final VirtioDevice device;
    private final Vring[] rings;
    private final ParkedState parked;
    private final DeviceState state;
    private final DeviceThread thread;
    private final RateLimitedLog log;

    /** @param rings all that the device has */
    Parking(VirtioDevice device, Vring[] rings, ParkedState parked, DeviceThread thread, RateLimitedLog log) {
        this.device = device;
        this.rings = rings.clone();
        this.parked = parked;
        this.thread = thread;
        this.log = log;
        state = new DeviceState(device, rings);
    }

    /**
     * Parks the device, which is as new afterwards. It is not kept if chains of an earlier life have yet to be taken again: then
     * what a kill leaves must do.
     *
     * @param features that the driver has, without those of the protocol
     */
    void park(long features) {
        if (Arrays.stream(rings).allMatch(ring -> ring.registers().savable())) {
            parked.set(state.save(features, thread.nanoTime()));
        }
        device.reset();
        resetRings();
    }

    private void resetRings() {
        for (Vring ring : rings) {
            ring.registers().reset();
        }
    }

    /**
     * Makes the device what it was, if that is what the driver has. It is not parked any more, whatever comes of it.
     *
     * @return whether it is: then its rings are paused
     */
    boolean unpark(long features, UserAddresses users) {
        byte[] bytes = parked.state();
        if (bytes == null) {
            return false;
        }
        parked.forget(); // now: a process that is killed later must not begin from there
        try {
            DeviceState.Loaded loaded = state.load(bytes, thread.nanoTime());
            if (loaded == null || loaded.features() != features) {
                return false;
            }
            loaded.rings().run();
            if (!startedRingsGoOn(users)) {
                resetRings();
                return false;
            }
            loaded.device().run();
        } catch (SnapshotException e) {
            log.warn(() -> "the card cannot go on exactly where it was: " + e.getMessage());
            return false;
        }
        LOG.log(System.Logger.Level.DEBUG, "the guest goes on in the middle of its messages");
        return true;
    }

    private boolean startedRingsGoOn(UserAddresses users) {
        for (Vring ring : rings) {
            if (ring.started() && ring.registers().enabled() && !ring.goesOn(users)) {
                return false;
            }
        }
        return true;
    }

    /** The state of the device, which is parked, or which no driver has. */
    byte[] state() {
        takeChanges();
        byte[] bytes = parked.state();
        return bytes == null ? state.saveIdle(thread.nanoTime()) : bytes;
    }

    /** What the operator has changed since the device was parked is in its state, before another process gets that. */
    void takeChanges() {
        byte[] bytes = parked.state();
        if (bytes == null || !device.isChangedByOperator()) {
            return;
        }
        try {
            DeviceState.Loaded loaded = state.load(bytes, thread.nanoTime());
            if (loaded != null) {
                for (Vring ring : rings) {
                    ring.registers().queue().setFeatures(loaded.features());
                }
                loaded.rings().run();
                loaded.device().run();
                parked.set(state.save(loaded.features(), thread.nanoTime()));
            }
        } catch (SnapshotException e) {
            log.warn(() -> "what its operator has changed is lost: " + e.getMessage());
        }
        device.reset();
        resetRings();
    }

    /**
     * Whether a driver had the device of which this is the state.
     *
     * @throws SnapshotException if it is not the state of such a device
     */
    boolean check(byte[] bytes) throws SnapshotException {
        return state.load(bytes, thread.nanoTime()) != null;
    }

    /** Parks a device that is elsewhere, and whose state was checked. */
    void set(byte[] bytes) {
        parked.set(bytes);
    }

    /** No device is parked. */
    void forget() {
        parked.forget();
    }
}
