// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * What the bit SUSPEND does not show, VIRTIO 1.4 section 3.4: the times before it appears and after it has gone, and what the driver
 * has to be told then.
 */
final class Suspension {
    /** The device has been told to suspend, and has something in process. */
    private boolean begun;
    /** The driver has resumed the device, which has not been told yet. */
    private boolean resuming;
    /** The configuration has changed while the device was suspended (PCI-17). */
    private boolean notificationOwed;

    /** The device is about to be told to suspend. */
    void begin() {
        begun = true;
        resuming = false;
    }

    /** Whether it has yet to say that nothing is in process. */
    boolean isBegun() {
        return begun;
    }

    /** Nothing is in process: whether that was waited for. */
    boolean end() {
        boolean was = begun;
        begun = false;
        return was;
    }

    /** The driver has resumed the device, which has to be told if it ran before. */
    void resume(boolean ran) {
        resuming = ran;
    }

    /** Whether the device has to be told that it is resumed; it is told once. */
    boolean takeResuming() {
        boolean was = resuming;
        resuming = false;
        return was;
    }

    /** Whether the device knows that it is to take nothing, although SUSPEND does not show. */
    boolean isUnderWay() {
        return begun || resuming;
    }

    void oweNotification() {
        notificationOwed = true;
    }

    /** Whether the driver has to be told of a change of the configuration; it is told once. */
    boolean takeNotification() {
        boolean was = notificationOwed;
        notificationOwed = false;
        return was;
    }

    void reset() {
        begun = false;
        resuming = false;
        notificationOwed = false;
    }

    void save(SnapshotWriter out) {
        out.bool(begun).bool(resuming).bool(notificationOwed);
    }

    /** Reads what {@link #save} wrote, and changes nothing. */
    static Saved load(SnapshotReader in, DriverState.Saved state) throws SnapshotException {
        boolean wasBegun = in.bool("the device has something in process before it is suspended");
        boolean wasResuming = in.bool("the device does not know yet that it is resumed");
        boolean owed = in.bool("a notification is owed");
        in.require(
                !(wasBegun || wasResuming) || (state.running() && !state.suspended() && !(wasBegun && wasResuming)),
                "a device is suspended and resumed at a time");
        in.require(!owed || state.suspended(), "a notification is owed to a driver that could have it");
        return new Saved(wasBegun, wasResuming, owed);
    }

    /** What a snapshot has. */
    record Saved(boolean begun, boolean resuming, boolean notificationOwed) {
        boolean isUnderWay() {
            return begun || resuming;
        }
    }

    void restore(Saved saved) {
        begun = saved.begun;
        resuming = saved.resuming;
        notificationOwed = saved.notificationOwed;
    }
}
