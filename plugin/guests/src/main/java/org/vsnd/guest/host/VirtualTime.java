// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

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
    private static final int SPIN_LIMIT = 1_000_000;

    private final Alarms alarms = new Alarms(() -> {});
    private final AllocationMeter meter = new AllocationMeter();
    private volatile long nowNanos;
    private long tasksRun;

    /** Starts at an arbitrary time. */
    public VirtualTime(long startNanos) {
        nowNanos = startNanos;
    }

    /** Counts what the device allocates. */
    public AllocationMeter meter() {
        return meter;
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
        return alarms.timer(task);
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        return alarms.wakeup(task);
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
        long limit = timeoutNanos > Long.MAX_VALUE - nowNanos ? Long.MAX_VALUE : nowNanos + timeoutNanos;
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
        Runnable task = alarms.takeSignalled();
        if (task == null) {
            return false;
        }
        run(task);
        return true;
    }

    /** Runs the timer that is due first, if its deadline is not after the limit; time is then its deadline. */
    private boolean runTimer(long limit) {
        Alarms.Alarm first = alarms.earliest();
        if (first == null || first.deadlineNanos() > limit) {
            return false;
        }
        nowNanos = Math.max(nowNanos, first.deadlineNanos());
        run(first.take());
        return true;
    }

    private void run(Runnable task) {
        tasksRun++;
        meter.enter();
        task.run();
        meter.leave();
    }
}
