// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.util.concurrent.locks.LockSupport;

/**
 * A notification between two threads, one ringing and one waiting. A ring that was answered is gone, so unlike a
 * semaphore's permits none is left over to cover up for one that was lost. Waiting spins: sleeping would keep the threads
 * from meeting.
 */
final class Bell {
    private static final long TIMEOUT_NANOS = 10_000_000_000L;
    private static final int SPINS = 2_000;

    private final String name;
    private volatile int rung;
    private int answered;

    Bell(String name) {
        this.name = name;
    }

    /** One thread only. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void ring() {
        rung++;
    }

    /** One thread only: returns once the bell has rung since it was last answered. */
    void answer(int at) {
        long start = System.nanoTime();
        for (int spins = 1; rung == answered; spins++) {
            Thread.onSpinWait();
            if (spins % SPINS == 0) {
                if (System.nanoTime() - start > TIMEOUT_NANOS) {
                    throw new AssertionError("lost " + name + " at buffer " + at);
                }
                LockSupport.parkNanos(1_000); // lets the other thread have the core if there is only one
            }
        }
        answered = rung;
    }
}
