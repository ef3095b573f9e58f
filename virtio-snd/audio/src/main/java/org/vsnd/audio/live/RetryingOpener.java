// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBudget;

/**
 * Opens a host's device on a separate thread, because opening may wait for the host without limit, and tries again
 * every {@value #RETRY_MILLIS} ms. A card has a limited number of such threads; when all of them wait for a host that
 * hangs, further openings wait for them. Logs once that a device is not available, and once that it is back. Audio
 * thread only, except on the opening thread.
 */
final class RetryingOpener<H> {
    private static final Logger LOG = System.getLogger(HostThread.class.getName());
    private static final long RETRY_MILLIS = 500;
    private static final long RETRY_NANOS = RETRY_MILLIS * 1_000_000;

    private final HostDevice<H> device;
    private final AudioBudget budget;
    private final String streamName;
    private final Runnable wake;

    private boolean opening;
    private boolean due = true; // an attempt, as soon as there is a thread for it
    private @Nullable H bad; // closed by the next attempt
    private boolean troubled; // and this was logged
    private long triedNanos;

    private @Nullable H opened; // guarded by this, as are the fields below
    private @Nullable String failure;
    private boolean finished;
    private boolean abandoned;

    /**
     * For one stream.
     *
     * @param wake called by the opening thread when {@link #poll} has news
     */
    RetryingOpener(HostDevice<H> device, AudioBudget budget, String streamName, Runnable wake) {
        this.device = device;
        this.budget = budget;
        this.streamName = streamName;
        this.wake = wake;
    }

    /** The device, if it is open now; begins a new attempt when it is due. */
    @Nullable
    H poll(long nowNanos) {
        if (opening) {
            return result();
        }
        due |= nowNanos - triedNanos >= RETRY_NANOS;
        if (due) {
            begin(nowNanos);
        }
        return null;
    }

    /** The device has failed: closes it, on the opening thread, and logs that. */
    void lost(H old, String reason, long nowNanos) {
        complain(reason);
        bad = old;
        due = true;
        begin(nowNanos);
    }

    private void complain(String reason) {
        if (!troubled && budget.mayLog(System.nanoTime())) { // otherwise the next failed attempt logs it
            troubled = true;
            LOG.log(
                    Level.WARNING,
                    streamName + ": " + device.name() + " does not " + device.verb() + " (" + reason
                            + "); there is silence until it does");
        }
    }

    /** The device moves frames: any trouble is over. */
    void works() {
        if (troubled) {
            troubled = false;
            LOG.log(Level.INFO, streamName + ": " + device.name() + " is back");
        }
    }

    /** The latest time for the next {@link #poll}. */
    long nextNanos(long nowNanos) {
        return opening || due ? nowNanos + RETRY_NANOS : triedNanos + RETRY_NANOS;
    }

    private void begin(long nowNanos) {
        H old = bad;
        if (!start(() -> attempt(old))) {
            complain("all " + budget.openers() + " threads that may wait for it are waiting");
            return;
        }
        bad = null;
        due = false;
        opening = true;
        triedNanos = nowNanos;
    }

    /** Returns whether there was a thread for it. */
    private boolean start(Runnable attempt) {
        if (!budget.beginOpener()) {
            return false;
        }
        try {
            Thread thread = new Thread(attempt, "vsnd-" + device.kind() + "-open");
            thread.setDaemon(true);
            thread.start();
            return true;
        } catch (OutOfMemoryError e) { // the process cannot have another thread
            budget.endOpener();
            return false;
        }
    }

    private void attempt(@Nullable H old) {
        try {
            open(old);
        } finally {
            budget.endOpener();
        }
        wake.run();
    }

    private void open(@Nullable H old) {
        H fresh = null;
        String reason = null;
        try {
            if (old != null) {
                device.close(old);
            }
            if (!abandoned()) {
                fresh = device.open();
            }
        } catch (IOException e) {
            reason = e.getMessage();
        } catch (Throwable e) { // tried again in any case: nothing else would report that this attempt is over
            reason = e.toString();
        }
        synchronized (this) {
            if (!abandoned) {
                opened = fresh;
                failure = reason;
                finished = true;
                fresh = null;
            }
        }
        if (fresh != null) {
            device.close(fresh);
        }
    }

    private synchronized boolean abandoned() {
        return abandoned;
    }

    /** The device, if it was being opened and is now open. */
    synchronized @Nullable H result() {
        if (!finished) {
            return null;
        }
        finished = false;
        opening = false;
        H fresh = opened;
        opened = null;
        if (fresh == null) {
            complain(failure == null ? "no reason given" : failure);
        }
        return fresh;
    }

    /** No more calls follow: a device that is still being opened closes itself. */
    void abandon() {
        H left;
        synchronized (this) {
            abandoned = true;
            left = opened;
            opened = null;
        }
        try {
            if (left != null) {
                device.close(left);
            }
        } finally {
            H old = bad;
            bad = null;
            if (old != null) {
                device.close(old);
            }
        }
    }
}
