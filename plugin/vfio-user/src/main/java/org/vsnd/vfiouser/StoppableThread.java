// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * The device thread as a function sees it that can be made to stand still: then its clock does not move and none of its
 * tasks run. What is due meanwhile runs when it goes on, which is at the present time, not where the clock stood: whoever
 * stops a function lets it go on from a snapshot. Device thread only, except what {@link DeviceThread} allows.
 */
final class StoppableThread implements DeviceThread {
    private final DeviceThread thread;
    private final List<Task> tasks = new ArrayList<>();
    private volatile boolean stopped;
    private volatile long stoppedNanos;

    StoppableThread(DeviceThread thread) {
        this.thread = thread;
    }

    boolean stopped() {
        return stopped;
    }

    void stop() {
        stoppedNanos = thread.nanoTime();
        stopped = true;
    }

    void goOn() {
        if (stopped) {
            stopped = false;
            tasks.forEach(Task::makeUp);
        }
    }

    @Override
    public long nanoTime() {
        return stopped ? stoppedNanos : thread.nanoTime();
    }

    @Override
    public TimeBase timeBase() {
        return thread.timeBase();
    }

    @Override
    public Timer timer(Runnable task) {
        return new StoppableTimer(task);
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        return new StoppableWakeup(task);
    }

    /** Something that is due now and then. */
    private abstract class Task {
        private final Runnable run;
        private boolean missed;

        Task(Runnable run) {
            this.run = run;
            tasks.add(this);
        }

        final void due() {
            missed = stopped;
            if (!missed) {
                run.run();
            }
        }

        final void forget() {
            missed = false;
        }

        final void makeUp() {
            if (missed) {
                missed = false;
                again();
            }
        }

        /** Makes it due at once. */
        abstract void again();
    }

    private final class StoppableTimer extends Task implements Timer {
        private final Timer timer;

        StoppableTimer(Runnable run) {
            super(run);
            timer = thread.timer(this::due);
        }

        @Override
        public void arm(long deadlineNanos) {
            forget();
            timer.arm(deadlineNanos);
        }

        @Override
        public void cancel() {
            forget();
            timer.cancel();
        }

        @Override
        void again() {
            timer.arm(thread.nanoTime());
        }
    }

    private final class StoppableWakeup extends Task implements Wakeup {
        private final Wakeup wakeup;

        StoppableWakeup(Runnable run) {
            super(run);
            wakeup = thread.wakeup(this::due);
        }

        @Override
        public void signal() {
            wakeup.signal();
        }

        @Override
        void again() {
            wakeup.signal();
        }
    }
}
