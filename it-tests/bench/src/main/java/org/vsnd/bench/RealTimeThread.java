// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.vsnd.nativebind.libc.RealtimePriority;

/** Threads that wait for no ordinary one: what is measured is the card's lateness, not the measurement's own. */
public final class RealTimeThread {
    /** That of the card's thread. */
    public static final int PRIORITY = 50;

    private RealTimeThread() {}

    /**
     * Does something on a thread of its own, if the machine allows with that priority, and waits for it.
     *
     * @throws BenchException if it fails: the card has done what a guest cannot live with
     */
    public static <T> T call(Callable<T> work) throws BenchException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(() -> {
            RealtimePriority.request(PRIORITY);
            return work.call();
        });
        new Thread(task, "vsnd-bench-guest").start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new BenchException("the guest cannot go on: " + e.getCause(), e);
        }
    }
}
