// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.concurrent.atomic.AtomicBoolean;
import org.vsnd.spi.Wakeup;

/** One of the {@link EventLoop}'s wake-ups. */
final class LoopWakeup implements Wakeup {
    private final Runnable task;
    private final WakeSignal signal;
    private final AtomicBoolean pending = new AtomicBoolean();

    LoopWakeup(Runnable task, WakeSignal signal) {
        this.task = task;
        this.signal = signal;
    }

    @Override
    public void signal() {
        if (pending.compareAndSet(false, true)) {
            signal.signal();
        }
    }

    /** Whether there was a signal since the task last ran. */
    boolean signalled() {
        return pending.get();
    }

    /** Runs the task if there was a signal since the last time. Loop's thread. */
    void runIfSignalled() {
        if (pending.compareAndSet(true, false)) {
            task.run();
        }
    }
}
