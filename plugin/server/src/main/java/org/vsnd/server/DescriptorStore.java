// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.UnixDatagrams;
import org.vsnd.spi.Timer;

/**
 * One card's part of a service manager's file descriptor store, which outlives this process: sd_notify(3). The manager takes
 * messages in their order and answers none of them. Device thread only.
 */
public final class DescriptorStore implements AutoCloseable {
    private static final long RETRY_NANOS = 5_000_000;

    private final UnixDatagrams manager;
    private final TreeMap<String, Integer> left;
    private final Deque<String> removals = new ArrayDeque<>();
    private final Timer retry;
    private final EventLoop loop;

    DescriptorStore(UnixDatagrams manager, Map<String, Integer> left, EventLoop loop) {
        this.manager = manager;
        this.left = new TreeMap<>(left);
        this.loop = loop;
        retry = loop.timer(this::sendRemovals);
    }

    /** Names of what the process before has left, and nobody has taken. */
    public Set<String> left() {
        return new TreeSet<>(left.keySet());
    }

    /** Takes what the process before has left under a name that is among {@link #left}: now the caller's. */
    public int take(String name) {
        Integer fd = left.remove(name);
        if (fd == null) {
            throw new IllegalArgumentException(name);
        }
        return fd;
    }

    /**
     * Stores a descriptor, which stays the caller's.
     *
     * @param name nothing else has it, or has had it lately
     * @return false if the manager has no room for the message now
     * @throws ErrnoException if there is no manager any more
     */
    public boolean store(String name, int fd) throws ErrnoException {
        sendRemovals();
        // Without FDPOLL=0 systemd would remove some by itself, when their other end is closed.
        return removals.isEmpty() && manager.send("FDSTORE=1\nFDNAME=" + name + "\nFDPOLL=0", fd);
    }

    /** Removes what was stored under a name, as soon as the manager takes the message. */
    public void remove(String name) {
        removals.add(name);
        sendRemovals();
    }

    private void sendRemovals() {
        try {
            while (!removals.isEmpty()) {
                if (!manager.send("FDSTOREREMOVE=1\nFDNAME=" + removals.getFirst())) {
                    retry.arm(loop.nanoTime() + RETRY_NANOS);
                    return;
                }
                removals.removeFirst();
            }
        } catch (ErrnoException e) {
            removals.clear(); // a manager that is not there keeps nothing
        }
    }

    @Override
    public void close() {
        retry.cancel();
        manager.close();
    }
}
