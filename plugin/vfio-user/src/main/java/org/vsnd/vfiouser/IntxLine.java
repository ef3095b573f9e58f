package org.vsnd.vfiouser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.Poller;

/**
 * The INTA# line, a level made of an eventfd: signalled once, then masked until the client says that the guest has
 * acknowledged it; then signalled again if the line is still asserted. Device thread only.
 */
final class IntxLine {
    private final EventLoop loop;
    private @Nullable EventFd trigger;
    private @Nullable EventFd resample;
    private boolean asserted;
    private boolean masked;

    IntxLine(EventLoop loop) {
        this.loop = loop;
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
    void assignResample(@Nullable EventFd eventFd) {
        if (resample != null) {
            loop.ignore(EventLoop.RESAMPLE);
            resample.close();
        }
        resample = eventFd;
        if (eventFd != null) {
            loop.watch(EventLoop.RESAMPLE, eventFd.fd(), Poller.POLLIN);
        }
    }

    /** To be called when the loop finds the resample eventfd ready. */
    void resampleReady() {
        if (resample == null) {
            return;
        }
        if (resample.drain()) {
            setMasked(false);
        } else {
            assignResample(null); // readable without a count: not an eventfd, and it would spin
        }
    }

    void setMasked(boolean mask) {
        masked = mask;
        deliver();
    }

    /** The client tests the interrupt. */
    void triggerOnce() {
        if (trigger != null) {
            masked = true;
            trigger.signal();
        }
    }

    private void deliver() {
        if (asserted && !masked && trigger != null) {
            masked = true;
            trigger.signal();
        }
    }

    /** Takes the eventfds away. */
    void disable() {
        assignResample(null);
        assign(null);
    }
}
