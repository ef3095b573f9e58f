// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventEdges;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.Poller;

/**
 * A place in an {@link EventLoop} for one eventfd of the client, whose signals are reported without reading from it:
 * whatever the client does with the other end, nothing here blocks or stays ready. Loop's thread.
 */
public final class EventWatch {
    private final EventEdges edges;
    private final Watch watch;
    private @Nullable EventFd eventFd;

    EventWatch(EventEdges edges, Watch watch) {
        this.edges = edges;
        this.watch = watch;
    }

    /**
     * Watches an eventfd, which this object now owns, and closes the one before.
     *
     * @param next the eventfd, or null for none
     * @throws ErrnoException if the kernel allows no more of them
     */
    public void assign(@Nullable EventFd next) throws ErrnoException {
        clear();
        if (next != null) {
            eventFd = next;
            edges.add(next);
            resume();
        }
    }

    /** Closes the eventfd, if there is one. */
    public void clear() {
        if (eventFd != null) {
            pause();
            edges.remove(eventFd);
            eventFd.close();
            eventFd = null;
        }
    }

    /** Reports no signal until {@link #resume}. */
    public void pause() {
        watch.clear();
    }

    /** Reports signals again, including one that came meanwhile. */
    public void resume() {
        watch.set(edges.fd(), Poller.POLLIN);
    }

    /** Whether there was a signal since the last call; until it is called the task runs again and again. */
    public boolean take() {
        return edges.take();
    }
}
