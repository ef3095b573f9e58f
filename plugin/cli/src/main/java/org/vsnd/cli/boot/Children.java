// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The processes this process has started and that may still run. Any thread. */
public final class Children {
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static volatile boolean noMore;

    private Children() {}

    /** Starts a process that {@link #endAll()} will end if nothing else does. */
    public static Process start(ProcessBuilder builder) throws IOException {
        if (noMore) {
            throw new IOException("vsnd is ending");
        }
        RUNNING.removeIf(process -> !process.isAlive());
        Process process = builder.start();
        RUNNING.add(process);
        if (noMore) {
            end(process);
            throw new IOException("vsnd is ending");
        }
        return process;
    }

    /** Makes {@link #start} refuse: this process is ending, and a new child would outlive it. */
    public static void startNoMore() {
        noMore = true;
    }

    /**
     * Ends one process, by force if it does not end when asked. Returns when it is gone. Keeps the caller's interrupt.
     */
    public static void end(Process process) {
        end(process, PATIENCE);
    }

    /** The same for a process that may need longer to end when asked. */
    public static void end(Process process, Duration patience) {
        boolean interrupted = false;
        process.destroy();
        long deadline = System.nanoTime() + patience.toNanos();
        while (process.isAlive()) {
            try {
                if (!process.waitFor(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    process.destroyForcibly();
                    deadline = System.nanoTime() + patience.toNanos();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends every process still running, for a shutdown hook. */
    public static void endAll() {
        RUNNING.forEach(Process::destroy);
        RUNNING.forEach(Children::end);
    }
}
