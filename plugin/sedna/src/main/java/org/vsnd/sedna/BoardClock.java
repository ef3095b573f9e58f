// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import java.util.ArrayList;
import java.util.List;
import li.cil.sedna.api.device.rtc.RealTimeCounter;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * The time of a board, which passes with its processor's cycles, and the card's timers. The thread that steps the board is the
 * device thread.
 */
final class BoardClock implements DeviceThread {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final RealTimeCounter counter;
    private final List<Alarm> alarms = new ArrayList<>();
    private long ticks;
    private long remainder; // of a nanosecond, in ticks of a second
    private volatile long nowNanos;

    BoardClock(RealTimeCounter counter) {
        this.counter = counter;
        ticks = counter.getTime();
    }

    /** The processor has run: runs what is due by now, earliest first. */
    void step() {
        advance();
        for (Alarm due = earliest(); due.deadlineNanos <= nowNanos; due = earliest()) {
            due.deadlineNanos = Alarm.OFF;
            due.task.run();
        }
    }

    /** Cycles are counted from 0 again when the machine is reset, and their length may change. */
    private void advance() {
        long before = ticks;
        ticks = counter.getTime();
        long passed = ticks < before ? ticks : ticks - before;
        long rateHz = counter.getFrequency();
        long part = passed % rateHz * NANOS_PER_SECOND + remainder;
        remainder = part % rateHz;
        nowNanos = nowNanos + passed / rateHz * NANOS_PER_SECOND + part / rateHz;
    }

    /** The counter was restored: time goes on from where it was, by the counter's present value. */
    void resume() {
        ticks = counter.getTime();
    }

    private Alarm earliest() {
        Alarm earliest = Alarm.NONE;
        for (int i = 0; i < alarms.size(); i++) {
            if (alarms.get(i).deadlineNanos < earliest.deadlineNanos) {
                earliest = alarms.get(i);
            }
        }
        return earliest;
    }

    /** The time at the end of the previous step. */
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
        static final Alarm NONE = new Alarm(() -> {});

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
