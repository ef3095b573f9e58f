// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.concurrent.atomic.AtomicInteger;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;

/**
 * Ends a loop's wait from any thread. The descriptor is closed only when no thread is writing to it: after its close
 * its number may belong to another file.
 */
final class WakeSignal {
    private static final int CLOSED = 1;
    private static final int WRITER = 2;

    private final EventFd eventFd;
    /** Twice the number of threads that are writing, plus {@link #CLOSED}. */
    private final AtomicInteger state = new AtomicInteger();

    WakeSignal() throws ErrnoException {
        eventFd = EventFd.create();
    }

    int fd() {
        return eventFd.fd();
    }

    void signal() {
        if ((state.getAndAdd(WRITER) & CLOSED) == 0) {
            eventFd.signal();
        }
        leave(state.addAndGet(-WRITER));
    }

    /** Forgets the signals so far. Loop's thread. */
    void drain() {
        eventFd.drain();
    }

    void close() {
        if ((state.get() & CLOSED) == 0) {
            leave(state.addAndGet(CLOSED));
        }
    }

    private void leave(int now) {
        if (now == CLOSED) {
            synchronized (eventFd) { // a late signal() and close() may both see the end
                eventFd.close();
            }
        }
    }
}
