// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.LockSupport;

/**
 * A back end's own thread: rounds of work with pauses in between, and one last round when it is closed. It may block;
 * the device thread may not.
 */
final class FileThread implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FileThread.class.getName());
    private static final long WAIT_STEP_NANOS = 200_000;
    private static final long MAX_WAIT_NANOS = 10_000_000_000L;

    private final Runnable round;
    private final long napNanos;
    private final Thread thread;
    private volatile boolean stopping;

    /**
     * Starts the thread.
     *
     * @param name the thread's name
     * @param napNanos longest pause between two rounds
     * @param round the work; must not allocate, and must itself hand over safely between threads
     */
    FileThread(String name, long napNanos, Runnable round) {
        this.round = round;
        this.napNanos = napNanos;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                round.run();
                LockSupport.parkNanos(this, napNanos);
            }
            round.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, thread.getName() + " has failed: there is silence from now on", e);
        }
    }

    /** Any thread: ends the pause. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /**
     * Waits for this thread to make some progress. Only for callers that need not keep real time.
     *
     * @param sinceNanos {@link System#nanoTime()} when the caller began to wait
     * @return false if waiting longer is useless
     */
    boolean await(long sinceNanos) {
        if (!thread.isAlive() || System.nanoTime() - sinceNanos > MAX_WAIT_NANOS) {
            return false;
        }
        wake();
        LockSupport.parkNanos(this, WAIT_STEP_NANOS);
        return true;
    }

    /** Runs a last round and waits for the thread to end. Idempotent. */
    @Override
    public void close() {
        stopping = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
