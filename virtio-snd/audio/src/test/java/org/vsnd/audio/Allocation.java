// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.lang.management.ManagementFactory;

/** Bytes allocated by threads of this process. */
public final class Allocation {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    private static final int ROUNDS = 5;

    /**
     * What the task allocates on this thread once it has run often enough to be compiled: the least of a few rounds, since
     * the compiler's own work shows up as a few bytes once. What allocates does so in every round.
     */
    public static long ofWarm(Runnable task) {
        for (int i = 0; i < 2_000; i++) {
            task.run();
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                task.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    public static long byThread(long threadId) {
        return THREADS.getThreadAllocatedBytes(threadId);
    }
}
