// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.EventSignals;

/** How one ring interrupts its driver, and tells the front end that it is broken. Device thread only. */
final class RingCalls {
    private final EventSignals signals;
    private @Nullable EventFd call;
    private @Nullable EventFd err;
    /** An interrupt had no eventfd. */
    private boolean owed;

    RingCalls(EventSignals signals) {
        this.signals = signals;
    }

    /** Takes the descriptor by which the driver is interrupted, or null for none; one that it has missed comes now. */
    void setCall(@Nullable EventFd eventFd) {
        close(call);
        call = eventFd;
        if (owed && eventFd != null) {
            owed = false;
            signals.signal(eventFd);
        }
    }

    /** Takes the descriptor that says that the ring is broken, or null for none. */
    void setErr(@Nullable EventFd eventFd) {
        close(err);
        err = eventFd;
    }

    /** Interrupts the driver. */
    void call() {
        if (call == null) {
            owed = true;
        } else {
            signals.signal(call);
        }
    }

    /** Tells the front end that the ring is broken. */
    void error() {
        if (err != null) {
            signals.signal(err);
        }
    }

    /** No interrupt has been missed. */
    void forgetOwed() {
        owed = false;
    }

    /** The front end is gone. */
    void disconnect() {
        setCall(null);
        setErr(null);
    }

    private static void close(@Nullable EventFd eventFd) {
        if (eventFd != null) {
            eventFd.close();
        }
    }
}
