// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.reference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

// guide: clock
/** The guest's time, which passes when the emulator says so, and the card's timers. */
public final class GuestClock implements DeviceThread {
    private static final Comparator<Alarm> BY_DEADLINE = Comparator.comparingLong(alarm -> alarm.deadlineNanos);

    private final List<Alarm> alarms = new ArrayList<>(List.of(new Alarm(() -> {})));
    private volatile long nowNanos;

    /** The guest has run for this long: runs what is due by now, earliest first. */
    public void advance(long nanos) {
        long now = nowNanos + nanos;
        nowNanos = now;
        for (Alarm due = earliest(); due.deadlineNanos <= now; due = earliest()) {
            due.deadlineNanos = Alarm.OFF;
            due.task.run();
        }
    }

    private Alarm earliest() {
        return Collections.min(alarms, BY_DEADLINE);
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public TimeBase timeBase() {
        return TimeBase.VIRTUAL;
    }

    @Override
    public Timer timer(Runnable task) {
        return alarm(task);
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        return alarm(task);
    }

    private Alarm alarm(Runnable task) {
        Alarm alarm = new Alarm(task);
        alarms.add(alarm);
        return alarm;
    }

    private static final class Alarm implements Timer, Wakeup {
        static final long OFF = Long.MAX_VALUE;
        final Runnable task;
        volatile long deadlineNanos = OFF;

        Alarm(Runnable task) {
            this.task = task;
        }

        @Override
        public void arm(long deadline) {
            deadlineNanos = deadline;
        }

        @Override
        public void cancel() {
            deadlineNanos = OFF;
        }

        @Override
        public void signal() { // on any thread: due whatever the time is
            deadlineNanos = Long.MIN_VALUE;
        }
    }
}
// guide: end
