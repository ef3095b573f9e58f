// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * A device thread of its own that goes by the wall clock. A guest's access is handed over to it and waited for, as a hypervisor does. Timers and wake-ups allocate nothing.
 */
public final class WallThread implements DeviceThread, AutoCloseable {
    private static final long LONGEST_PARK_NANOS = 1_000_000_000L;
    private static final long CLOSE_MILLIS = 5_000;

    private final Alarms alarms = new Alarms(this::wake);
    private final Runnable first;
    private final Thread thread;
    private volatile @Nullable Access access;
    private volatile boolean closing;

    /**
     * A thread that is yet to start.
     *
     * @param first what it does before anything else
     */
    public WallThread(String name, Runnable first) {
        this.first = first;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Starts it; timers and wake-ups have been made by then. */
    public void start() {
        thread.start();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public TimeBase timeBase() {
        return TimeBase.WALL;
    }

    @Override
    public Timer timer(Runnable task) {
        return alarms.timer(task);
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        return alarms.wakeup(task);
    }

    /**
     * Does something on this thread and waits for it. One caller at a time.
     *
     * @throws IllegalStateException if it threw, or the thread has ended
     */
    long call(LongSupplier task) {
        Access mine = new Access(task, Thread.currentThread());
        access = mine;
        LockSupport.unpark(thread);
        while (!mine.done) {
            if (!thread.isAlive()) {
                throw new IllegalStateException("the device thread has ended");
            }
            LockSupport.parkNanos(mine, LONGEST_PARK_NANOS);
        }
        if (mine.failure != null) {
            throw new IllegalStateException("the device failed", mine.failure);
        }
        return mine.result;
    }

    /** Ends the thread and waits for it. Idempotent. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("the device thread does not end");
        }
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        first.run();
        while (!closing) {
            serveAccess();
            alarms.runSignalled();
            long leftNanos = runFirstDue();
            if (leftNanos > 0 && access == null && !alarms.anySignalled()) {
                LockSupport.parkNanos(this, leftNanos);
            }
        }
    }

    /**
     * Runs the timer that is due first, if one is due.
     *
     * @return how long there is nothing to do; 0 after a timer, since another may be due
     */
    private long runFirstDue() {
        Alarms.Alarm next = alarms.earliest();
        if (next == null) {
            return LONGEST_PARK_NANOS;
        }
        long leftNanos = next.deadlineNanos() - System.nanoTime();
        if (leftNanos > 0) {
            return Math.min(leftNanos, LONGEST_PARK_NANOS);
        }
        next.take().run();
        return 0;
    }

    private void serveAccess() {
        Access one = access;
        if (one != null) {
            access = null;
            one.serve();
        }
    }

    /** What a guest's processor waits for. */
    private static final class Access {
        private final LongSupplier task;
        private final Thread caller;
        private long result;
        private @Nullable RuntimeException failure;
        private volatile boolean done;

        Access(LongSupplier task, Thread caller) {
            this.task = task;
            this.caller = caller;
        }

        void serve() {
            try {
                result = task.getAsLong();
            } catch (RuntimeException e) {
                failure = e;
            }
            done = true;
            LockSupport.unpark(caller);
        }
    }
}
