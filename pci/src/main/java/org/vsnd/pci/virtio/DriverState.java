// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.DeviceStatus.DEVICE_NEEDS_RESET;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER_BITS;
import static org.vsnd.pci.virtio.DeviceStatus.DRIVER_OK;
import static org.vsnd.pci.virtio.DeviceStatus.FAILED;
import static org.vsnd.pci.virtio.DeviceStatus.SUSPEND;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * How far the driver has come, in device_status and in what device_status does not show, and the one rule for when the device may
 * run: bus mastering is on, and DRIVER_OK is set or the driver has begun early, and the device needs no reset.
 */
final class DriverState {
    private int status;
    private boolean busMaster;
    private boolean closed;
    /** The device has been told of DRIVER_OK, or that the driver is early. */
    private boolean running;
    /** The device has not been told of DRIVER_OK yet, although it is running. */
    private boolean early;

    int status() {
        return status;
    }

    /** Whether all of these bits are set. */
    boolean has(int bits) {
        return (status & bits) == bits;
    }

    void add(int bits) {
        status |= bits;
    }

    /** SUSPEND shows, and DRIVER_OK goes. */
    void suspend() {
        status = (status & ~DRIVER_OK) | SUSPEND;
    }

    /** SUSPEND goes; the driver has set DRIVER_OK. */
    void resume() {
        status &= ~SUSPEND;
    }

    boolean busMaster() {
        return busMaster;
    }

    void setBusMaster(boolean on) {
        busMaster = on;
    }

    void close() {
        closed = true;
    }

    boolean isRunning() {
        return running;
    }

    /** The device is about to be told. */
    void begin(boolean isEarly) {
        running = true;
        early = isEarly;
    }

    /** Whether the device could run if bus mastering is on. */
    boolean isUsable() {
        return isUsable(status, early);
    }

    private static boolean isUsable(int status, boolean early) {
        return (status & DEVICE_NEEDS_RESET) == 0 && (early || (status & DRIVER_OK) != 0);
    }

    /** Whether the device may run, and touch memory. */
    boolean mayRun() {
        return busMaster && !closed && isUsable();
    }

    /** Whether the device has to be told of DRIVER_OK. */
    boolean isDue() {
        return !(running && !early) && has(DRIVER_OK) && mayRun();
    }

    /** Whether the driver could begin before DRIVER_OK. */
    boolean mayBeginEarly() {
        return busMaster
                && !closed
                && (status & (DRIVER | DRIVER_OK | SUSPEND | DEVICE_NEEDS_RESET | FAILED)) == DRIVER;
    }

    void reset() {
        status = 0;
        running = false;
        early = false;
    }

    void save(SnapshotWriter out) {
        out.u8(status).bool(running).bool(early);
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param withBusMaster Command bit 2 as saved
     */
    static Saved load(SnapshotReader in, boolean withBusMaster) throws SnapshotException {
        int status = in.u8("device_status", 0xff);
        in.require((status & ~(DRIVER_BITS | DEVICE_NEEDS_RESET | SUSPEND)) == 0, "device_status has impossible bits");
        boolean running = in.bool("running");
        boolean early = in.bool("running before DRIVER_OK");
        Saved saved = new Saved(status, running, early, withBusMaster);
        in.require(!early || running, "the driver has begun early, and the device does not run");
        in.require(!running || early || saved.suspended() || saved.has(DRIVER_OK), "the device runs without DRIVER_OK");
        in.require(!saved.suspended() || (!early && !saved.usable()), "the device is suspended, and runs");
        in.require(
                (running && !(early && saved.has(DRIVER_OK))) || !(saved.usable() && withBusMaster),
                "the device does not run despite DRIVER_OK");
        return saved;
    }

    /** What a snapshot has. */
    record Saved(int status, boolean running, boolean early, boolean busMaster) {
        boolean has(int bits) {
            return (status & bits) == bits;
        }

        boolean usable() {
            return isUsable(status, early);
        }

        boolean suspended() {
            return has(SUSPEND);
        }

        /** Whether the device is in the middle of something. */
        boolean serving() {
            return running && (usable() || (suspended() && !has(DEVICE_NEEDS_RESET)));
        }
    }

    void restore(Saved saved) {
        status = saved.status;
        running = saved.running;
        early = saved.early;
        busMaster = saved.busMaster;
    }
}
