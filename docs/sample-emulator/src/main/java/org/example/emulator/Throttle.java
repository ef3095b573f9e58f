// SPDX-License-Identifier: Apache-2.0
package org.example.emulator;

import java.util.concurrent.locks.LockSupport;

/** Keeps guest time from running ahead of the wall clock, so that the guest can be heard live. One thread. */
final class Throttle {
    // guide: throttle
    private static final long MOST_BEHIND_NANOS = 10_000_000;
    private long dueNanos = System.nanoTime();

    /** The guest has run for this long: sleeps if that was too fast. Time lost beyond the bound is not made up. */
    void ran(long guestNanos) {
        long now = System.nanoTime();
        dueNanos = Math.max(dueNanos + guestNanos, now - MOST_BEHIND_NANOS);
        LockSupport.parkNanos(dueNanos - now); // returns at once if that is not positive
    }
    // guide: end
}
