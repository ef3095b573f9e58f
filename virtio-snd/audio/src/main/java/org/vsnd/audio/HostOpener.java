package org.vsnd.audio;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Opens a host's device on a thread of its own, because that may wait for the host for as long as the host likes, and
 * tries again every {@value #RETRY_MILLIS} ms. Says once that a device cannot be had, and once that it is back. Audio
 * thread only, except what the opening thread does.
 */
final class HostOpener<H> {
    private static final Logger LOG = System.getLogger(HostThread.class.getName());
    private static final long RETRY_MILLIS = 500;
    private static final long RETRY_NANOS = RETRY_MILLIS * 1_000_000;

    private final HostDevice<H> device;
    private final String streamName;
    private final Runnable wake;

    private boolean opening;
    private boolean troubled; // and said so
    private boolean tried;
    private long triedNanos;

    private @Nullable H opened; // guarded by this, as what follows
    private @Nullable String failure;
    private boolean finished;
    private boolean abandoned;

    /**
     * For one stream.
     *
     * @param wake called by the opening thread when {@link #poll} has news
     */
    HostOpener(HostDevice<H> device, String streamName, Runnable wake) {
        this.device = device;
        this.streamName = streamName;
        this.wake = wake;
    }

    /** The device, if it is open now; begins a new attempt when it is time to. */
    @Nullable
    H poll(long nowNanos) {
        if (opening) {
            return result();
        }
        if (!tried || nowNanos - triedNanos >= RETRY_NANOS) {
            begin(nowNanos, null);
        }
        return null;
    }

    /** The device went bad: closes it, on the opening thread, and says so. */
    void lost(H old, String reason, long nowNanos) {
        complain(reason);
        begin(nowNanos, old);
    }

    private void complain(String reason) {
        if (!troubled) {
            troubled = true;
            LOG.log(
                    Level.WARNING,
                    streamName + ": " + device.name() + " does not " + device.verb() + " (" + reason
                            + "); there is silence until it does");
        }
    }

    /** The device moves frames: if there was trouble, it is over. */
    void works() {
        if (troubled) {
            troubled = false;
            LOG.log(Level.INFO, streamName + ": " + device.name() + " is back");
        }
    }

    /** When {@link #poll} wants to be called at the latest. */
    long nextNanos(long nowNanos) {
        return opening ? nowNanos + RETRY_NANOS : triedNanos + RETRY_NANOS;
    }

    private void begin(long nowNanos, @Nullable H old) {
        opening = true;
        tried = true;
        triedNanos = nowNanos;
        Thread thread = new Thread(() -> open(old), "vsnd-" + device.kind() + "-open");
        thread.setDaemon(true);
        thread.start();
    }

    private void open(@Nullable H old) {
        H fresh = null;
        String reason = null;
        try {
            if (old != null) {
                device.close(old);
            }
            fresh = device.open();
        } catch (IOException e) {
            reason = e.getMessage();
        } catch (RuntimeException e) {
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
        wake.run();
    }

    /** The device, if it was being opened and is open now. */
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

    /** Nobody will ask again: what is still being opened closes itself. */
    synchronized void abandon() {
        abandoned = true;
        H fresh = opened;
        if (fresh != null) {
            device.close(fresh);
            opened = null;
        }
    }
}
