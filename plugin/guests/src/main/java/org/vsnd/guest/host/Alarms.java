// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * The timers and wake-ups of one device thread, whose loop takes what is due. All on that thread but a wake-up's signal, which
 * may come from any. Nothing is allocated once they are made.
 */
final class Alarms {
    private final List<Alarm> timers = new ArrayList<>();
    private final List<Signal> wakeups = new ArrayList<>();
    private final Runnable signalled;
    private long armings;

    /** @param signalled called after each signal, on the thread that it comes from */
    Alarms(Runnable signalled) {
        this.signalled = signalled;
    }

    Timer timer(Runnable task) {
        Alarm timer = new Alarm(task);
        timers.add(timer);
        return timer;
    }

    Wakeup wakeup(Runnable task) {
        Signal wakeup = new Signal(task);
        wakeups.add(wakeup);
        return wakeup;
    }

    /** What a signalled wake-up, which is not signalled any longer, is to do; null if there is none. */
    @Nullable
    Runnable takeSignalled() {
        for (int i = 0; i < wakeups.size(); i++) {
            Signal wakeup = wakeups.get(i);
            if (wakeup.signalled) {
                wakeup.signalled = false;
                return wakeup.task;
            }
        }
        return null;
    }

    /** Does once what each of the signalled wake-ups is to do, so that one that signals itself keeps nothing else waiting. */
    void runSignalled() {
        for (int i = 0; i < wakeups.size(); i++) {
            Signal wakeup = wakeups.get(i);
            if (wakeup.signalled) {
                wakeup.signalled = false;
                wakeup.task.run();
            }
        }
    }

    /** Whether {@link #takeSignalled} has something to give. */
    boolean anySignalled() {
        for (int i = 0; i < wakeups.size(); i++) {
            if (wakeups.get(i).signalled) {
                return true;
            }
        }
        return false;
    }

    /** The armed timer with the earliest deadline, of several the one armed first; null if none is armed. */
    @Nullable
    Alarm earliest() {
        Alarm first = null;
        for (int i = 0; i < timers.size(); i++) {
            Alarm timer = timers.get(i);
            if (timer.armed && (first == null || timer.isBefore(first))) {
                first = timer;
            }
        }
        return first;
    }

    /** A timer. */
    final class Alarm implements Timer {
        private final Runnable task;
        private boolean armed;
        private long deadlineNanos;
        private long arming;

        Alarm(Runnable task) {
            this.task = task;
        }

        private boolean isBefore(Alarm other) {
            return deadlineNanos < other.deadlineNanos
                    || (deadlineNanos == other.deadlineNanos && arming < other.arming);
        }

        @Override
        public void arm(long deadline) {
            armed = true;
            deadlineNanos = deadline;
            arming = armings++;
        }

        @Override
        public void cancel() {
            armed = false;
        }

        long deadlineNanos() {
            return deadlineNanos;
        }

        /** What it is to do; it is not armed any longer. */
        Runnable take() {
            armed = false;
            return task;
        }
    }

    /** A wake-up. */
    private final class Signal implements Wakeup {
        private final Runnable task;
        private volatile boolean signalled;

        Signal(Runnable task) {
            this.task = task;
        }

        @Override
        public void signal() {
            signalled = true;
            Alarms.this.signalled.run();
        }
    }
}
