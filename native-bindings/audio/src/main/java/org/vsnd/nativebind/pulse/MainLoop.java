// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** libpulse's main loop, run by a thread of ours; all calls from that thread but {@link #wake}. */
final class MainLoop implements AutoCloseable {
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long LONGEST_NANOS = 1_000_000_000;

    private final long mainloop;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicInteger wakers = new AtomicInteger();
    private volatile boolean closed;

    MainLoop() {
        mainloop = LibPulse.pa_mainloop_new();
    }

    /** The API object for making contexts. */
    long api() {
        return LibPulse.pa_mainloop_get_api(mainloop);
    }

    /** Any thread: ends this wait or the next one. Neither blocks nor allocates; at most one write to a pipe. */
    void wake() {
        if (woken.compareAndSet(false, true)) {
            wakers.incrementAndGet();
            if (!closed) {
                LibPulse.pa_mainloop_wakeup(mainloop);
            }
            wakers.decrementAndGet();
        }
    }

    /**
     * Waits until there is something to do, and does libpulse's part of it.
     *
     * @param timeoutNanos longest wait
     * @return false if the loop cannot go on
     */
    boolean round(long timeoutNanos) {
        long nanos = Math.max(0, Math.min(timeoutNanos, LONGEST_NANOS));
        int micros = (int) ((nanos + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO);
        if (LibPulse.pa_mainloop_prepare(mainloop, micros) < 0) {
            return false;
        }
        if (woken.get()) { // prepare empties the pipe: a wake-up before it would be lost
            LibPulse.pa_mainloop_wakeup(mainloop);
        }
        if (LibPulse.pa_mainloop_poll(mainloop) < 0) {
            return false;
        }
        woken.set(false);
        return LibPulse.pa_mainloop_dispatch(mainloop) >= 0;
    }

    /** Frees it; afterwards only {@link #wake} may be called. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            while (wakers.get() != 0) {
                Thread.onSpinWait();
            }
            LibPulse.pa_mainloop_free(mainloop);
        }
    }
}
