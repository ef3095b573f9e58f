// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.ForwardingBus;

/**
 * The way to a function under a {@link VirtualHost} whose time keeps pace with the wall clock, at any speed, as an
 * emulator's does: a step of guest time at once, then a rest.
 */
public final class PacedBus extends ForwardingBus {
    private static final long STEP_NANOS = 1_000_000; // of wall time

    private final VirtualBus bus;
    private final double speed;
    private final long stepNanos; // of guest time
    private long wallNanos; // at this
    private long guestNanos; // it was this

    /** @param speed of guest time, in guest seconds a second */
    public PacedBus(VirtualBus bus, double speed) {
        super(bus);
        this.bus = bus;
        this.speed = speed;
        stepNanos = Math.max(1, Math.round(STEP_NANOS * speed));
        anchor();
    }

    private void anchor() {
        wallNanos = System.nanoTime();
        guestNanos = bus.nanoTime();
    }

    /** The guest stands still for so long. */
    public void standStill(long forWallNanos) {
        long until = System.nanoTime() + forWallNanos;
        for (long now = System.nanoTime(); now < until; now = System.nanoTime()) {
            LockSupport.parkNanos(until - now);
        }
        anchor();
    }

    /** The guest's clock leaps, as when it is restored. */
    public void leap(long nanos) {
        bus.host().thread().leap(nanos);
        anchor();
    }

    private void keepPace() {
        long due = wallNanos + Math.round((bus.nanoTime() - guestNanos) / speed);
        for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
            LockSupport.parkNanos(due - now);
        }
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long leftNanos = timeoutNanos;
        while (!bus.await(condition, Math.min(stepNanos, leftNanos))) {
            leftNanos -= stepNanos;
            if (leftNanos <= 0) {
                return false;
            }
            keepPace();
        }
        keepPace();
        return true;
    }
}
