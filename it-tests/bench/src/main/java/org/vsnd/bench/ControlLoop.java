// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.nativebind.libc.TimerFd;

/** The control: a bare timerfd loop on a thread with the priority of the card's, and when it was woken. */
public final class ControlLoop implements AutoCloseable {
    private final double periodNanos;
    private final FutureTask<long[]> loop = new FutureTask<>(this::run);
    private volatile boolean ending;

    private ControlLoop(double periodNanos) {
        this.periodNanos = periodNanos;
    }

    /** Starts it. */
    public static ControlLoop start(double periodNanos) {
        ControlLoop control = new ControlLoop(periodNanos);
        new Thread(control.loop, "vsnd-bench-control").start();
        return control;
    }

    private long[] run() throws ErrnoException {
        RealtimePriority.request(RealTimeThread.PRIORITY);
        long[] woken = new long[1024];
        int count = 0;
        try (TimerFd timer = TimerFd.create()) {
            Poller poller = new Poller(1);
            poller.set(0, timer.fd(), Poller.POLLIN);
            long start = System.nanoTime();
            while (!ending) {
                timer.arm(start + Math.round((count + 1) * periodNanos));
                poller.await();
                if (poller.ready(0) != 0) {
                    woken = count < woken.length ? woken : Arrays.copyOf(woken, 2 * count);
                    woken[count++] = System.nanoTime();
                }
            }
        }
        return Arrays.copyOf(woken, count);
    }

    /** Ends it, within a period; when it was woken, as {@link System#nanoTime} has it. */
    public long[] stop() throws BenchException, InterruptedException {
        ending = true;
        try {
            return loop.get();
        } catch (ExecutionException e) {
            throw new BenchException("the control failed: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        ending = true;
    }
}
