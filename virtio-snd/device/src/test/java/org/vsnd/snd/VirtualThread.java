// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/** A device thread whose clock the test moves. Timers run at exactly their deadline, or later if the test stalls it. */
final class VirtualThread implements DeviceThread {
    private final List<VirtualTimer> timers = new ArrayList<>();
    private final List<VirtualWakeup> wakeups = new ArrayList<>();
    private final TimeBase timeBase;
    /** For tests that measure from some moment on. */
    long startNanos;

    long nowNanos = 1_000_000_000_000L;

    VirtualThread(TimeBase timeBase) {
        this.timeBase = timeBase;
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public TimeBase timeBase() {
        return timeBase;
    }

    @Override
    public Timer timer(Runnable task) {
        VirtualTimer timer = new VirtualTimer(task);
        timers.add(timer);
        return timer;
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        VirtualWakeup wakeup = new VirtualWakeup(task);
        wakeups.add(wakeup);
        return wakeup;
    }

    /** Moves the clock, running every timer at its time. */
    void advance(long nanos) {
        long until = nowNanos + nanos;
        runWakeups();
        for (VirtualTimer next = earliest(); next != null && next.deadline <= until; next = earliest()) {
            nowNanos = Math.max(nowNanos, next.deadline);
            next.armed = false;
            next.task.run();
            runWakeups();
        }
        nowNanos = until;
    }

    /** The thread is not scheduled for this long: nothing runs until the next {@link #advance}. */
    void stall(long nanos) {
        nowNanos += nanos;
    }

    private VirtualTimer earliest() {
        VirtualTimer earliest = null;
        for (VirtualTimer timer : timers) {
            if (timer.armed && (earliest == null || timer.deadline < earliest.deadline)) {
                earliest = timer;
            }
        }
        return earliest;
    }

    private void runWakeups() {
        for (VirtualWakeup wakeup : wakeups) {
            if (wakeup.signalled) {
                wakeup.signalled = false;
                wakeup.task.run();
            }
        }
    }

    private static final class VirtualTimer implements Timer {
        private final Runnable task;
        private long deadline;
        private boolean armed;

        VirtualTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void arm(long deadlineNanos) {
            deadline = deadlineNanos;
            armed = true;
        }

        @Override
        public void cancel() {
            armed = false;
        }
    }

    private static final class VirtualWakeup implements Wakeup {
        private final Runnable task;
        private boolean signalled;

        VirtualWakeup(Runnable task) {
            this.task = task;
        }

        @Override
        public void signal() {
            signalled = true;
        }
    }
}
