// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

/** An eventfd: a counter that one side adds to and the other polls. Never blocks, allocates nothing after creation. */
public final class EventFd implements AutoCloseable {
    private static final NativeBuffer ONE = new NativeBuffer(8);
    private static final NativeBuffer SCRATCH = new NativeBuffer(8);

    static {
        ONE.bytes().putLong(0, 1);
    }

    private int fd;

    private EventFd(int fd) {
        this.fd = fd;
    }

    /** A new one, zero. */
    public static EventFd create() throws ErrnoException {
        int fd = LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC);
        if (fd < 0) {
            throw ErrnoException.last("eventfd");
        }
        return new EventFd(fd);
    }

    /**
     * One that somebody else made ({@link FileDescriptors#isEventFd}), now owned by this object. Its maker can make
     * a signal or a read block at any time; {@link EventSignals} and {@link EventEdges} never do.
     */
    public static EventFd adopt(int fd) {
        FileDescriptors.setNonBlocking(fd);
        return new EventFd(fd);
    }

    /** Adds one. A counter that is full stays full; after {@link #close()} nothing happens. */
    public void signal() {
        LibC.write(fd, ONE.address(), 8);
    }

    /** Sets the counter to zero; returns whether it was not. */
    public boolean drain() {
        return LibC.read(fd, SCRATCH.address(), 8) == 8;
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
