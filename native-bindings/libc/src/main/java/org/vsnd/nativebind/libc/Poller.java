// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.ByteBuffer;

/**
 * {@code poll(2)} over a fixed number of slots, each empty or holding a descriptor. Time-outs belong to a
 * {@link TimerFd}: poll's own are a millisecond late. One thread; a call allocates nothing.
 */
public final class Poller {
    public static final int POLLIN = 0x1;
    public static final int POLLOUT = 0x4;
    public static final int POLLERR = 0x8;
    public static final int POLLHUP = 0x10;
    public static final int POLLNVAL = 0x20;

    private static final int FD = 0; // le32
    private static final int EVENTS = 4; // le16
    private static final int REVENTS = 6; // le16
    private static final int POLLFD_LENGTH = 8;

    private final NativeBuffer pollfds;
    private final ByteBuffer bytes;
    private final int slots;

    /**
     * Makes one with empty slots.
     *
     * @param slots how many descriptors can be watched
     */
    public Poller(int slots) {
        this.slots = slots;
        pollfds = new NativeBuffer(slots * POLLFD_LENGTH);
        bytes = pollfds.bytes();
        for (int i = 0; i < slots; i++) {
            clear(i);
        }
    }

    /**
     * Watches a descriptor.
     *
     * @param events {@link #POLLIN} and {@link #POLLOUT}; errors and hang-ups are always reported
     */
    public void set(int slot, int fd, int events) {
        bytes.putInt(slot * POLLFD_LENGTH + FD, fd);
        bytes.putShort(slot * POLLFD_LENGTH + EVENTS, (short) events);
        bytes.putShort(slot * POLLFD_LENGTH + REVENTS, (short) 0);
    }

    /** Empties a slot. */
    public void clear(int slot) {
        set(slot, -1, 0);
    }

    /** Waits without limit until something is ready, or until a signal came: then nothing is. */
    public void await() throws ErrnoException {
        poll(-1);
    }

    /**
     * Waits until something is ready.
     *
     * @param timeoutMillis 0 to check only, -1 to wait without limit
     * @return whether something is ready
     */
    public boolean poll(int timeoutMillis) throws ErrnoException {
        int ready = LibC.poll(pollfds.address(), slots, timeoutMillis);
        if (ready < 0) {
            int errno = LibC.errno();
            for (int i = 0; i < slots; i++) {
                bytes.putShort(i * POLLFD_LENGTH + REVENTS, (short) 0);
            }
            if (errno != Errno.EINTR && errno != Errno.EAGAIN) {
                throw new ErrnoException("poll", errno);
            }
        }
        return ready > 0;
    }

    /** The events found by the last poll, or 0. */
    public int ready(int slot) {
        return Short.toUnsignedInt(bytes.getShort(slot * POLLFD_LENGTH + REVENTS));
    }
}
