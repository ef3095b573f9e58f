// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.EventSignals;
import org.vsnd.server.EventLoop;
import org.vsnd.server.EventWatch;
import org.vsnd.spi.Timer;

/**
 * The INTA# line, a level that is built on an eventfd: signalled once, then masked until the client says that the guest
 * has acknowledged it; then signalled again if the line is still asserted. Device thread only.
 */
final class IntxLine {
    private static final int WINDOWS_PER_SECOND = 100;
    private static final long WINDOW_NANOS = 1_000_000_000L / WINDOWS_PER_SECOND;

    private final EventLoop loop;
    private final EventSignals signals;
    private final EventWatch resample;
    private final Timer nextWindow;
    private final long mostPerWindow;
    private @Nullable EventFd trigger;
    private long windowStartNanos;
    private long inWindow;
    private boolean asserted;
    private boolean masked;

    /** @param resamplesPerSecond acknowledgements by eventfd beyond these come later */
    IntxLine(EventLoop loop, long resamplesPerSecond) throws ErrnoException {
        this.loop = loop;
        signals = loop.signals();
        resample = loop.eventWatch(this::resampleReady);
        nextWindow = loop.timer(resample::resume);
        mostPerWindow = Math.max(1, resamplesPerSecond / WINDOWS_PER_SECOND);
        windowStartNanos = loop.nanoTime();
    }

    void set(boolean level) {
        asserted = level;
        deliver();
    }

    /** Gives the line an eventfd, or takes it away with null. */
    void assign(@Nullable EventFd eventFd) {
        if (trigger != null) {
            trigger.close();
        }
        trigger = eventFd;
        masked = false;
        deliver();
    }

    /** Sets the eventfd by which the kernel, rather than a message, says that the guest has acknowledged. */
    void assignResample(@Nullable EventFd eventFd) throws ErrnoException {
        nextWindow.cancel();
        resample.assign(eventFd);
    }

    private void resampleReady() {
        long now = loop.nanoTime();
        if (now - windowStartNanos >= WINDOW_NANOS) {
            windowStartNanos = now;
            inWindow = 0;
        }
        if (inWindow == mostPerWindow) {
            // More than any guest sends: perhaps the client's own trigger, which would answer every interrupt with
            // another one.
            resample.pause();
            nextWindow.arm(windowStartNanos + WINDOW_NANOS);
        } else if (resample.take()) {
            inWindow++;
            setMasked(false);
        }
    }

    void setMasked(boolean mask) {
        masked = mask;
        deliver();
    }

    /** The client triggers the interrupt as a test. */
    void triggerOnce() {
        if (trigger != null) {
            masked = true;
            signals.signal(trigger);
        }
    }

    private void deliver() {
        if (asserted && !masked && trigger != null) {
            masked = true;
            signals.signal(trigger);
        }
    }

    /** Takes the eventfds away. */
    void disable() {
        nextWindow.cancel();
        resample.clear();
        assign(null);
    }
}
