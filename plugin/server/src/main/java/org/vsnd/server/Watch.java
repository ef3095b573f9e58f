// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

/** A place in an {@link EventLoop} for one descriptor, empty at first. Loop's thread. */
public final class Watch {
    private static final int NOTHING = -1;

    private final EventLoop loop;
    private final int slot;
    private final Runnable task;
    private int fd = NOTHING;
    private int events;

    Watch(EventLoop loop, int slot, Runnable task) {
        this.loop = loop;
        this.slot = slot;
        this.task = task;
    }

    /**
     * Watches a descriptor from the next wait on.
     *
     * @param fd an open one; call {@link #clear} before it is closed
     * @param events {@code POLLIN} and {@code POLLOUT}; errors and hang-ups are always found
     */
    public void set(int fd, int events) {
        this.fd = fd;
        this.events = events;
        register();
    }

    /** Watches nothing. */
    public void clear() {
        set(NOTHING, 0);
    }

    void register() {
        loop.poller().set(slot, fd, events);
    }

    /** Whether the last wait found the descriptor ready; not after a {@link #set} or {@link #clear}. */
    boolean ready() {
        return loop.poller().ready(slot) != 0;
    }

    void runIfReady() {
        if (ready()) {
            task.run();
        }
    }
}
