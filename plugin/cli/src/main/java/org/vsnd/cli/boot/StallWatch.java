// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine has stood still: a thread of its own sleeps briefly and measures by how much each sleep is
 * late. What it misses, a guest also misses. {@link #longestNanos} on any thread.
 */
public final class StallWatch implements AutoCloseable {
    private static final long NAP_NANOS = 10_000_000L;
    private static final long JOIN_MILLIS = 1_000;

    private final AtomicLong longestNanos = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "vsnd-stall-watch");
    private volatile boolean ended;

    /** Starts to watch. */
    public StallWatch() {
        thread.setDaemon(true);
        thread.start();
    }

    /** The longest standstill so far, in nanoseconds; some hundred microseconds are usual. */
    public long longestNanos() {
        return longestNanos.get();
    }

    private void watch() {
        long beforeNanos = System.nanoTime();
        while (!ended) {
            LockSupport.parkNanos(NAP_NANOS);
            long nowNanos = System.nanoTime();
            longestNanos.accumulateAndGet(nowNanos - beforeNanos - NAP_NANOS, Math::max);
            beforeNanos = nowNanos;
        }
    }

    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
