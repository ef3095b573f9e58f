// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.lang.management.ManagementFactory;

/** Counts the bytes that the calling thread allocates between pairs of calls. Allocates nothing itself. */
public final class AllocationMeter {
    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private boolean on;
    private long before;
    private long bytes;

    /** Starts counting from zero. */
    public void restart() {
        bytes = 0;
        on = true;
    }

    /** Bytes allocated between {@link #enter} and {@link #leave} so far. */
    public long bytes() {
        return bytes;
    }

    void enter() {
        if (on) {
            before = threads.getCurrentThreadAllocatedBytes();
        }
    }

    void leave() {
        if (on) {
            bytes += threads.getCurrentThreadAllocatedBytes() - before;
        }
    }
}
