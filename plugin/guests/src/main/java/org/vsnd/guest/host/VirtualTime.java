// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * A device thread whose clock the test advances: timers run in the order of their deadlines, at exactly their
 * deadlines, and nothing takes any time. The device thread is the test's thread.
 */
public final class VirtualTime implements DeviceThread {
    private static final long UNARMED = Long.MAX_VALUE;
    private static final int SPIN_LIMIT = 1_000_000;

    private final List<VirtualTimer> timers = new ArrayList<>();
    private final List<VirtualWakeup> wakeups = new ArrayList<>();
    private final AllocationMeter meter;
    private volatile long nowNanos;
    private long armings;
    private long tasksRun;

    /** Starts at an arbitrary time. */
    public VirtualTime(long startNanos, AllocationMeter meter) {
        nowNanos = startNanos;
        this.meter = meter;
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

    /** Timer and wake-up tasks run so far. */
    public long tasksRun() {
        return tasksRun;
    }

    /** Runs what is due now. */
    public void settle() {
        for (int spins = 0; runWakeup() || runTimer(nowNanos); spins++) {
            if (spins == SPIN_LIMIT) {
                throw new IllegalStateException("the device spins: a million tasks without time going by");
            }
        }
    }

    /** Lets time pass and runs everything that becomes due on the way. */
    public void advance(long nanos) {
        long limit = nowNanos + nanos;
        settle();
        while (runTimer(limit)) {
            settle();
        }
        nowNanos = limit;
    }

    /** Time leaps, forward or back, without anything having been done on the way; what is due then is done now. */
    public void leap(long nanos) {
        long then = nowNanos + nanos;
        nowNanos = then;
        settle();
    }

    /**
     * Lets time pass until the condition holds, which is looked at after every task.
     *
     * @return false if {@code timeoutNanos} went by before it did
     */
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long limit = timeoutNanos > UNARMED - nowNanos ? UNARMED : nowNanos + timeoutNanos;
        int spins = 0;
        long spinningAt = nowNanos;
        while (!condition.getAsBoolean()) {
            if (!runWakeup() && !runTimer(limit)) {
                nowNanos = limit;
                return condition.getAsBoolean();
            }
            spins = nowNanos == spinningAt ? spins + 1 : 0;
            spinningAt = nowNanos;
            if (spins == SPIN_LIMIT) {
                throw new IllegalStateException("the device spins: a million tasks without time going by");
            }
        }
        return true;
    }

    private boolean runWakeup() {
        for (int i = 0; i < wakeups.size(); i++) {
            VirtualWakeup wakeup = wakeups.get(i);
            if (wakeup.signalled) {
                wakeup.signalled = false;
                run(wakeup.task);
                return true;
            }
        }
        return false;
    }

    /** Runs the timer that is due first, if its deadline is not after the limit; time is then its deadline. */
    private boolean runTimer(long limit) {
        VirtualTimer first = null;
        for (int i = 0; i < timers.size(); i++) {
            VirtualTimer timer = timers.get(i);
            if (timer.armed
                    && (first == null
                            || timer.deadlineNanos < first.deadlineNanos
                            || (timer.deadlineNanos == first.deadlineNanos && timer.arming < first.arming))) {
                first = timer;
            }
        }
        if (first == null || first.deadlineNanos > limit) {
            return false;
        }
        nowNanos = Math.max(nowNanos, first.deadlineNanos);
        first.armed = false;
        run(first.task);
        return true;
    }

    private void run(Runnable task) {
        tasksRun++;
        meter.enter();
        task.run();
        meter.leave();
    }

    private final class VirtualTimer implements Timer {
        private final Runnable task;
        private boolean armed;
        private long deadlineNanos;
        private long arming;

        VirtualTimer(Runnable task) {
            this.task = task;
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
    }

    private static final class VirtualWakeup implements Wakeup {
        private final Runnable task;
        private volatile boolean signalled;

        VirtualWakeup(Runnable task) {
            this.task = task;
        }

        @Override
        public void signal() {
            signalled = true;
        }
    }
}
