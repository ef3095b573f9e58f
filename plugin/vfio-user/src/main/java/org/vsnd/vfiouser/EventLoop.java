// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.util.Arrays;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventEdges;
import org.vsnd.nativebind.libc.EventSignals;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.TimerFd;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * The device thread's wait: descriptors, timers and wake-ups in one {@code poll}. The earliest timer arms a timerfd,
 * because poll's own time-out is up to a millisecond late. Allocates nothing once timers and wake-ups are made.
 */
final class EventLoop implements DeviceThread, AutoCloseable {
    /** Slots for the server's descriptors. */
    static final int LISTEN = 0;

    static final int CLIENT = 1;
    static final int RESAMPLE = 2;
    private static final int TIMER = 3;
    private static final int WAKE = 4;
    private static final int SLOTS = 5;

    private final Poller poller = new Poller(SLOTS);
    private final TimerFd timerFd;
    private final WakeSignal wake;
    private final EventSignals signals;
    private final EventEdges edges;
    private LoopTimer[] timers = {};
    private LoopWakeup[] wakeups = {};
    /** What the timerfd is armed for; meaningless unless {@link #programmed}. */
    private long programmedNanos;

    private boolean programmed;

    EventLoop() throws ErrnoException {
        timerFd = TimerFd.create();
        EventSignals madeSignals = null;
        EventEdges madeEdges = null;
        try {
            madeSignals = EventSignals.create();
            madeEdges = EventEdges.create();
            wake = new WakeSignal();
        } catch (ErrnoException e) {
            timerFd.close();
            if (madeSignals != null) {
                madeSignals.close();
            }
            if (madeEdges != null) {
                madeEdges.close();
            }
            throw e;
        }
        signals = madeSignals;
        edges = madeEdges;
        poller.set(TIMER, timerFd.fd(), Poller.POLLIN);
        poller.set(WAKE, wake.fd(), Poller.POLLIN);
    }

    /** Signals the client's eventfds. */
    EventSignals signals() {
        return signals;
    }

    /** Reports signals of the client's eventfd for {@link #RESAMPLE}. */
    EventEdges edges() {
        return edges;
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

    /** Makes {@link #await} report when the descriptor is ready for {@code events}. */
    void watch(int slot, int fd, int events) {
        poller.set(slot, fd, events);
    }

    /** Makes {@link #await} leave a slot out. */
    void ignore(int slot) {
        poller.clear(slot);
    }

    /** The events of a slot since the last {@link #await}, or 0. */
    int ready(int slot) {
        return poller.ready(slot);
    }

    /** Ends the current or the next wait. Any thread. */
    void interrupt() {
        wake.signal();
    }

    /** Waits until a descriptor is ready, a timer is due or a signal comes. */
    void await() throws ErrnoException {
        programTimer();
        poller.await();
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
    void runTimers() {
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
    void runWakeups() {
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
        edges.close();
        wake.close();
    }
}
