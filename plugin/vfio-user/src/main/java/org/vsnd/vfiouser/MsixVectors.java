// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.EventSignals;
import org.vsnd.nativebind.libc.Poller;

/**
 * The eventfds of the MSI-X vectors. A vector that is triggered while it has none, or while the client masks it, is
 * pending and signalled once it can be. Device thread only.
 */
final class MsixVectors {
    /** The most an MSI-X table can have. */
    static final int MAX_VECTORS = 2048;

    private final EventSignals signals;
    private final @Nullable EventFd[] eventFds = new @Nullable EventFd[MAX_VECTORS];
    private final BitSet pending = new BitSet(MAX_VECTORS);
    private final Poller look = new Poller(1);
    private final BitSet masked = new BitSet(MAX_VECTORS);

    MsixVectors(EventSignals signals) {
        this.signals = signals;
    }

    void trigger(int vector) {
        if (vector < 0 || vector >= MAX_VECTORS) {
            return;
        }
        EventFd eventFd = eventFds[vector];
        if (eventFd == null || masked.get(vector)) {
            pending.set(vector);
        } else {
            signals.signal(eventFd);
        }
    }

    boolean pending(int vector) {
        return vector >= 0 && vector < MAX_VECTORS && pending.get(vector);
    }

    /** Whether the client has not yet read the vector's last signal from its eventfd. */
    boolean underway(int vector) {
        EventFd eventFd = vector >= 0 && vector < MAX_VECTORS ? eventFds[vector] : null;
        if (eventFd == null) {
            return false;
        }
        look.set(0, eventFd.fd(), Poller.POLLIN);
        try {
            return look.poll(0) && look.ready(0) == Poller.POLLIN;
        } catch (ErrnoException e) {
            return false; // this cannot be known
        }
    }

    /** Gives a vector an eventfd, or takes it away with null. */
    void assign(int vector, @Nullable EventFd eventFd) {
        EventFd old = eventFds[vector];
        eventFds[vector] = eventFd;
        if (old != null) {
            old.close();
        }
        deliver(vector);
    }

    void setMasked(int vector, boolean mask) {
        masked.set(vector, mask);
        deliver(vector);
    }

    private void deliver(int vector) {
        EventFd eventFd = eventFds[vector];
        if (eventFd != null && !masked.get(vector) && pending.get(vector)) {
            pending.clear(vector);
            signals.signal(eventFd);
        }
    }

    /** Takes all eventfds away and forgets what is pending or masked. */
    void disable() {
        for (int i = 0; i < MAX_VECTORS; i++) {
            EventFd eventFd = eventFds[i];
            if (eventFd != null) {
                eventFd.close();
                eventFds[i] = null;
            }
        }
        masked.clear();
        pending.clear();
    }

    void forgetPending() {
        pending.clear();
    }
}
