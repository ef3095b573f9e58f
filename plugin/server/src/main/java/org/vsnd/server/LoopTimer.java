// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.spi.Timer;

/** One of the {@link EventLoop}'s timers. */
final class LoopTimer implements Timer {
    private final Runnable task;
    private long deadlineNanos;
    private boolean armed;

    LoopTimer(Runnable task) {
        this.task = task;
    }

    @Override
    public void arm(long deadline) {
        deadlineNanos = deadline;
        armed = true;
    }

    @Override
    public void cancel() {
        armed = false;
    }

    boolean armed() {
        return armed;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    void run() {
        armed = false;
        task.run();
    }
}
