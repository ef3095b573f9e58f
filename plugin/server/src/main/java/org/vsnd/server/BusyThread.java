// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.function.LongSupplier;

/**
 * Takes a device thread's real-time priority away while the thread is busy, so that no client can occupy a processor
 * with it: other cards' threads are waiting, and the kernel stops all real-time threads of a processor that leave no
 * time for others. The priority comes back when the thread has been calm for a while.
 *
 * <p>An ordinary card needs a few percent of a processor. Device thread only; allocates nothing.
 */
final class BusyThread {
    /** Length of one window of observation. */
    static final long WINDOW_NANOS = 20_000_000;
    /** Without a busy window for this long the thread is calm. */
    static final long CALM_NANOS = 500_000_000;

    private final LongSupplier cpuNanos;
    private final Runnable giveUp;
    private final Runnable takeBack;

    private boolean begun;
    private boolean ordinary;
    private long windowNanos;
    private long windowCpuNanos;
    private long busyNanos;

    /**
     * @param cpuNanos processor time of the device thread so far
     * @param giveUp makes it an ordinary thread
     * @param takeBack gives it its priority again
     */
    BusyThread(LongSupplier cpuNanos, Runnable giveUp, Runnable takeBack) {
        this.cpuNanos = cpuNanos;
        this.giveUp = giveUp;
        this.takeBack = takeBack;
    }

    /** Checks how busy the thread is; call this repeatedly. */
    void look(long nowNanos) {
        long lookedAtNanos = nowNanos - windowNanos;
        if (begun && lookedAtNanos < WINDOW_NANOS) {
            return;
        }
        long cpuNow = cpuNanos.getAsLong();
        if (begun) {
            judge(nowNanos, 2 * (cpuNow - windowCpuNanos) > lookedAtNanos);
        }
        begun = true;
        windowNanos = nowNanos;
        windowCpuNanos = cpuNow;
    }

    private void judge(long nowNanos, boolean busy) {
        if (busy) {
            busyNanos = nowNanos;
            if (!ordinary) {
                ordinary = true;
                giveUp.run();
            }
        } else if (ordinary && nowNanos - busyNanos >= CALM_NANOS) {
            ordinary = false;
            takeBack.run();
        }
    }
}
