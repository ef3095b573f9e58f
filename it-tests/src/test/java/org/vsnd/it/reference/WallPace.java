// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.reference;

import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the guest's time to a multiple of the wall's: an emulator that is ahead sleeps, one that was slow makes up for a
 * little of it. One thread.
 */
final class WallPace {
    /** Not worth sleeping for. */
    private static final long SLACK_NANOS = 1_000_000;
    /** An emulator that is further behind, because it was paused or cannot keep up, lets it be. */
    private static final long DEBT_NANOS = 20_000_000;

    private double speed;
    private long guestNanos;
    private long wallNanos;

    WallPace(double speed, long guestNanos) {
        change(speed, guestNanos);
    }

    /** From now on guest time passes this many times as fast as the wall's. */
    final void change(double newSpeed, long guestNow) {
        speed = newSpeed;
        guestNanos = guestNow;
        wallNanos = System.nanoTime();
    }

    /** The guest has run up to this time: sleeps while the wall has not. */
    void keep(long guestNow) {
        long dueNanos = wallNanos + (long) ((guestNow - guestNanos) / speed);
        long aheadNanos = dueNanos - System.nanoTime();
        if (aheadNanos < -DEBT_NANOS) {
            change(speed, guestNow);
        } else if (aheadNanos > SLACK_NANOS) {
            while (aheadNanos > 0) {
                LockSupport.parkNanos(this, aheadNanos);
                aheadNanos = dueNanos - System.nanoTime();
            }
        }
    }
}
