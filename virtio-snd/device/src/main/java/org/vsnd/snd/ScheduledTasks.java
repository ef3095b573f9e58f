// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * The device thread as the device sees it, with a record of what is due: for a snapshot, and to schedule the same again
 * in the same order, which a host with virtual time keeps for timers with one deadline. Allocates nothing once the
 * timers are made.
 */
final class ScheduledTasks implements DeviceThread {
    private static final Section SECTION = new Section("TASK", "tasks");
    private static final int TIMER_BYTES = 10;

    private final DeviceThread thread;
    private final List<ScheduledTimer> timers = new ArrayList<>();
    private final List<ScheduledWakeup> wakeups = new ArrayList<>();
    private long armings;

    ScheduledTasks(DeviceThread thread) {
        this.thread = thread;
    }

    @Override
    public long nanoTime() {
        return thread.nanoTime();
    }

    @Override
    public TimeBase timeBase() {
        return thread.timeBase();
    }

    @Override
    public ScheduledTimer timer(Runnable task) {
        ScheduledTimer timer = new ScheduledTimer(task);
        timers.add(timer);
        return timer;
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        ScheduledWakeup wakeup = new ScheduledWakeup(task);
        wakeups.add(wakeup);
        return wakeup;
    }

    /** Writes the section {@code TASK}: what is due, numbered in the order in which the device was built. */
    void save(SnapshotWriter out) {
        List<ScheduledTimer> armed = new ArrayList<>(timers);
        armed.removeIf(timer -> !timer.armed);
        armed.sort(Comparator.comparingLong(timer -> timer.arming));
        out.section(SECTION).u16(armed.size());
        for (ScheduledTimer timer : armed) {
            out.u16(timers.indexOf(timer)).nanos(timer.deadlineNanos);
        }
        for (ScheduledWakeup wakeup : wakeups) {
            out.bool(wakeup.signalled);
        }
    }

    /**
     * Reads that section, and changes nothing.
     *
     * @return schedules what was due then, and nothing else
     */
    Runnable load(SnapshotReader in) throws SnapshotException {
        in.section(SECTION);
        int count = in.count("timers", timers.size(), TIMER_BYTES);
        ScheduledTimer[] armed = new ScheduledTimer[count];
        long[] deadlines = new long[count];
        for (int i = 0; i < count; i++) {
            armed[i] = timers.get(in.u16("a timer", timers.size() - 1));
            deadlines[i] = in.nanos("a deadline");
        }
        boolean[] signalled = new boolean[wakeups.size()];
        for (int i = 0; i < signalled.length; i++) {
            signalled[i] = in.bool("a wake-up");
        }
        return () -> {
            timers.forEach(Timer::cancel);
            for (int i = 0; i < count; i++) {
                armed[i].arm(deadlines[i]);
            }
            for (int i = 0; i < signalled.length; i++) {
                wakeups.get(i).set(signalled[i]);
            }
        };
    }

    /** A timer that knows when it is due. */
    final class ScheduledTimer implements Timer {
        private final Runnable task;
        private final Timer timer;
        private boolean armed;
        private long deadlineNanos;
        private long arming;

        private ScheduledTimer(Runnable task) {
            this.task = task;
            timer = thread.timer(this::due);
        }

        private void due() {
            armed = false;
            task.run();
        }

        @Override
        public void arm(long deadline) {
            armed = true;
            deadlineNanos = deadline;
            arming = armings++;
            timer.arm(deadline);
        }

        /** Makes sure that the timer is due no later than this. */
        void armNoLaterThan(long deadline) {
            if (!armed || deadlineNanos > deadline) {
                arm(deadline);
            }
        }

        @Override
        public void cancel() {
            armed = false;
            timer.cancel();
        }
    }

    private final class ScheduledWakeup implements Wakeup {
        private final Runnable task;
        private final Wakeup wakeup;
        private volatile boolean signalled;

        ScheduledWakeup(Runnable task) {
            this.task = task;
            wakeup = thread.wakeup(this::due);
        }

        private void due() {
            if (signalled) { // or a snapshot was restored meanwhile
                signalled = false;
                task.run();
            }
        }

        @Override
        public void signal() {
            signalled = true;
            wakeup.signal();
        }

        void set(boolean wanted) {
            signalled = false;
            if (wanted) {
                signal();
            }
        }
    }
}
