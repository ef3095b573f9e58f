// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.vsnd.cli.boot.Children;

/**
 * Closes things before the process ends, also when a signal ends it: what was added first is closed first,
 * then child processes end. A signal also waits until the thread that made this has left its work and removed its
 * unfinished results. Any thread.
 */
final class Closing implements AutoCloseable {
    private static final CountDownLatch SIGNALLED = new CountDownLatch(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Thread owner = Thread.currentThread();
    private final CountDownLatch left = new CountDownLatch(1);
    private final PrintWriter err;
    private final Thread hook = new Thread(this::signalled, "vsnd-shutdown");
    private boolean ended;
    private volatile String work;

    /**
     * Call this on the thread that does the work.
     *
     * @param err gets a line when a signal ends the work
     * @param work what that line says has been stopped
     */
    Closing(PrintWriter err, String work) {
        this.err = err;
        this.work = work;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether a signal ends this process now or within this time: Ctrl-C reaches child processes first. */
    static boolean signalled(Duration patience) {
        try {
            return SIGNALLED.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SIGNALLED.getCount() == 0;
        }
    }

    /** Sets what a signal stops from now on. */
    void working(String now) {
        work = now;
    }

    /** Adds something and returns it; closes it at once if the end has come meanwhile. */
    synchronized <T extends AutoCloseable> T add(T resource) {
        open.addLast(resource);
        if (ended) {
            closeAll();
        }
        return resource;
    }

    @Override
    public void close() {
        closeAll();
        left.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is already ending: the hook is done, or will find nothing left to do.
            return;
        }
    }

    private void signalled() {
        SIGNALLED.countDown();
        err.println();
        err.println("vsnd: stopped: " + work);
        err.flush();
        Children.startNoMore();
        closeAll();
        owner.interrupt();
        try {
            if (!left.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                err.println("vsnd: not everything could be removed in time");
                err.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void closeAll() {
        ended = true;
        while (!open.isEmpty()) {
            try {
                open.removeFirst().close();
            } catch (Exception e) {
                System.getLogger(Closing.class.getName())
                        .log(System.Logger.Level.WARNING, "while ending: " + e.getMessage(), e);
            }
        }
        Children.endAll();
    }
}
