package org.vsnd.audio;

import java.lang.management.ManagementFactory;

/** Bytes allocated by threads of this process. */
final class Allocation {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** What the task allocates on this thread once it has run often enough to be compiled. */
    static long ofWarm(Runnable task) {
        for (int i = 0; i < 2_000; i++) {
            task.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            task.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    static long byThread(long threadId) {
        return THREADS.getThreadAllocatedBytes(threadId);
    }
}
