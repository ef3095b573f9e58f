// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

/**
 * Reports each signal of an eventfd that somebody else made, without ever reading from it: a read could block if others
 * also read, and an eventfd that counts down or is not emptied would always be ready. An edge-triggered {@code epoll}:
 * its own {@link #fd} is ready for reading after a signal until {@link #take}. One thread; never blocks, reporting
 * allocates nothing.
 */
public final class EventEdges implements AutoCloseable {
    private static final int EVENT_LENGTH = 16; // 12 on x86-64; all but the mask is zero

    private final NativeBuffer event = new NativeBuffer(EVENT_LENGTH);
    private int fd;

    private EventEdges(int fd) {
        this.fd = fd;
    }

    /** A new one that watches nothing. */
    public static EventEdges create() throws ErrnoException {
        int fd = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        if (fd < 0) {
            throw ErrnoException.last("epoll_create1");
        }
        return new EventEdges(fd);
    }

    /** Starts watching one; a count that is already there is reported once. */
    public void add(EventFd eventFd) throws ErrnoException {
        event.bytes().putInt(0, LibC.EPOLLIN | LibC.EPOLLET);
        if (LibC.epoll_ctl(fd, LibC.EPOLL_CTL_ADD, eventFd.fd(), event.address()) != 0) {
            throw ErrnoException.last("watch an eventfd");
        }
    }

    /** Stops watching it; call this before it is closed, since others may keep it open. */
    public void remove(EventFd eventFd) {
        LibC.epoll_ctl(fd, LibC.EPOLL_CTL_DEL, eventFd.fd(), event.address());
    }

    /** Whether there was a signal since the last time. */
    public boolean take() {
        return LibC.epoll_wait(fd, event.address(), 1, 0) > 0;
    }

    /** The descriptor, -1 once closed. */
    public int fd() {
        return fd;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            LibC.close(fd);
            fd = -1;
        }
    }
}
