// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.Arrays;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventEdges;
import org.vsnd.nativebind.libc.EventSignals;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.TimerFd;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * The device thread's wait: descriptors, timers and wake-ups in one {@code poll}. The earliest timer arms a timerfd,
 * because poll's own time-out is up to a millisecond late. Allocates nothing once timers, wake-ups and watches are made.
 */
public final class EventLoop implements DeviceThread, AutoCloseable {
    private static final int TIMER = 0;
    private static final int WAKE = 1;
    private static final int OWN_SLOTS = 2;

    private final TimerFd timerFd;
    private final WakeSignal wake;
    private final EventSignals signals;
    private Poller poller;
    private LoopTimer[] timers = {};
    private LoopWakeup[] wakeups = {};
    private Watch[] watches = {};
    private EventEdges[] edges = {};
    /** The deadline of the timerfd; meaningless unless {@link #programmed}. */
    private long programmedNanos;

    private boolean programmed;

    /** Makes one without anything to wait for. */
    public EventLoop() throws ErrnoException {
        timerFd = TimerFd.create();
        EventSignals madeSignals = null;
        try {
            madeSignals = EventSignals.create();
            wake = new WakeSignal();
        } catch (ErrnoException e) {
            timerFd.close();
            if (madeSignals != null) {
                madeSignals.close();
            }
            throw e;
        }
        signals = madeSignals;
        poller = newPoller(OWN_SLOTS);
    }

    private Poller newPoller(int slots) {
        Poller made = new Poller(slots);
        made.set(TIMER, timerFd.fd(), Poller.POLLIN);
        made.set(WAKE, wake.fd(), Poller.POLLIN);
        return made;
    }

    /** Signals the client's eventfds. */
    public EventSignals signals() {
        return signals;
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
        LoopTimer timer = new LoopTimer(task);
        timers = Arrays.copyOf(timers, timers.length + 1);
        timers[timers.length - 1] = timer;
        return timer;
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        LoopWakeup wakeup = new LoopWakeup(task, wake);
        wakeups = Arrays.copyOf(wakeups, wakeups.length + 1);
        wakeups[wakeups.length - 1] = wakeup;
        return wakeup;
    }

    /**
     * Makes a place for a descriptor, which cannot be given back.
     *
     * @param task runs on the loop's thread whenever the descriptor is ready, after those of earlier watches
     */
    public Watch watch(Runnable task) {
        Watch watch = new Watch(this, OWN_SLOTS + watches.length, task);
        watches = Arrays.copyOf(watches, watches.length + 1);
        watches[watches.length - 1] = watch;
        poller = newPoller(OWN_SLOTS + watches.length);
        for (Watch each : watches) {
            each.register();
        }
        return watch;
    }

    /** Makes a {@link #watch} for an eventfd that the client made and may go on using. */
    public EventWatch eventWatch(Runnable task) throws ErrnoException {
        EventEdges made = EventEdges.create();
        edges = Arrays.copyOf(edges, edges.length + 1);
        edges[edges.length - 1] = made;
        return new EventWatch(made, watch(task));
    }

    Poller poller() {
        return poller;
    }

    /** Ends the current or the next wait. Any thread. */
    public void interrupt() {
        wake.signal();
    }

    /**
     * Waits until a descriptor is ready, a timer is due or a signal comes, then runs what is due: timers, wake-ups,
     * descriptors. An exception of a task is thrown on; the tasks after it run next time.
     */
    public void turn() throws ErrnoException {
        programTimer();
        poller.await();
        runTimers();
        MappedFile.settleFaults(); // here, not in the middle of a mapping or while holding a descriptor
        runWakeups();
        MappedFile.settleFaults();
        for (Watch watch : watches) {
            watch.runIfReady();
        }
    }

    private void programTimer() {
        boolean any = false;
        long earliest = 0;
        for (LoopTimer timer : timers) {
            if (timer.armed() && (!any || timer.deadlineNanos() - earliest < 0)) {
                any = true;
                earliest = timer.deadlineNanos();
            }
        }
        if (any && (!programmed || programmedNanos != earliest)) {
            timerFd.arm(earliest);
            programmed = true;
            programmedNanos = earliest;
        } else if (!any && programmed) {
            timerFd.disarm();
            programmed = false;
        }
    }

    /** Whether a timer is due now. */
    boolean timerDue() {
        long now = System.nanoTime();
        for (LoopTimer timer : timers) {
            if (timer.armed() && timer.deadlineNanos() - now <= 0) {
                return true;
            }
        }
        return false;
    }

    /** Runs the timers that are due, earliest first; one that its own task arms again waits for the next round. */
    private void runTimers() {
        if (poller.ready(TIMER) != 0) {
            timerFd.disarm(); // an expiry stays readable until the timer is set
            programmed = false;
        }
        long now = System.nanoTime();
        for (int round = 0; round < timers.length; round++) {
            LoopTimer due = null;
            for (LoopTimer timer : timers) {
                if (timer.armed()
                        && timer.deadlineNanos() - now <= 0
                        && (due == null || timer.deadlineNanos() - due.deadlineNanos() < 0)) {
                    due = timer;
                }
            }
            if (due == null) {
                return;
            }
            due.run();
        }
    }

    /** Runs the wake-ups that were signalled. If a task throws, those behind it run in the next round. */
    private void runWakeups() {
        if (poller.ready(WAKE) == 0) {
            return;
        }
        wake.drain(); // before the flags: a signal in between costs an empty round, never a lost one
        boolean all = false;
        try {
            for (LoopWakeup wakeup : wakeups) {
                wakeup.runIfSignalled();
            }
            all = true;
        } finally {
            if (!all) {
                wake.signal();
            }
        }
    }

    /** Whether a signalled wake-up has not run yet. */
    boolean wakeupPending() {
        for (LoopWakeup wakeup : wakeups) {
            if (wakeup.signalled()) {
                return true;
            }
        }
        return false;
    }

    /** Later signals do nothing. */
    @Override
    public void close() {
        timerFd.close();
        signals.close();
        for (EventEdges each : edges) {
            each.close();
        }
        wake.close();
    }
}
