// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load.sample.resident;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in for native bindings: counts its uses, and has a thread, started by whoever uses it first, that stays. */
public final class Resident {
    private static final AtomicInteger USES = new AtomicInteger();

    static {
        ThreadPoolExecutor cleaner =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Resident::thread);
        cleaner.prestartCoreThread();
    }

    private Resident() {}

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "sample-resident");
        thread.setDaemon(true);
        return thread;
    }

    /** Uses so far in this class loader, this one too. */
    public static int use() {
        return USES.incrementAndGet();
    }
}
