// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.ByteBuffer;

/**
 * Adds to eventfds that somebody else made, without blocking. A {@code write} blocks when the counter is full and the
 * other side has made the open file blocking. So the flag is checked first. If it has been cleared, the kernel is given
 * an empty read of a file of our own, and told to signal the eventfd when that is done ({@code io_submit} with {@code
 * IOCB_FLAG_RESFD}): this is done at once, and its signal never blocks. If the kernel has no such reads, the flag is
 * set again.
 *
 * <p>One thread; a signal allocates nothing.
 */
public final class EventSignals implements AutoCloseable {
    private static final boolean AARCH64 = "aarch64".equals(System.getProperty("os.arch"));
    private static final long IO_SETUP = AARCH64 ? 0 : 206;
    private static final long IO_DESTROY = AARCH64 ? 1 : 207;
    private static final long IO_GETEVENTS = AARCH64 ? 4 : 208;
    private static final long IO_SUBMIT = AARCH64 ? 2 : 209;

    private static final int IOCB_LIO_OPCODE = 16; // le16
    private static final int IOCB_FILDES = 20; // le32
    private static final int IOCB_FLAGS = 56; // le32
    private static final int IOCB_RESFD = 60; // le32
    private static final int IOCB_LENGTH = 64;
    private static final int IO_EVENT_LENGTH = 32;
    private static final int TIMESPEC_LENGTH = 16;

    /** Signals between two checks of the list of completed reads, which has room for that many. */
    private static final int ROOM = 32;

    private static final int IOCB_POINTER = 0;
    private static final int IOCB = 8;
    private static final int NO_TIME = IOCB + IOCB_LENGTH;
    private static final int EVENTS = NO_TIME + TIMESPEC_LENGTH;

    private final NativeBuffer memory = new NativeBuffer(EVENTS + ROOM * IO_EVENT_LENGTH);
    private final MemFd nothing;
    private long context;
    private int unseen;

    private EventSignals(MemFd nothing, long context) {
        this.nothing = nothing;
        this.context = context;
        ByteBuffer m = memory.bytes();
        m.putLong(IOCB_POINTER, memory.address() + IOCB);
        m.putShort(IOCB + IOCB_LIO_OPCODE, (short) LibC.IOCB_CMD_PREAD);
        m.putInt(IOCB + IOCB_FILDES, nothing.fd());
        m.putInt(IOCB + IOCB_FLAGS, LibC.IOCB_FLAG_RESFD);
    }

    /** Makes one. */
    public static EventSignals create() throws ErrnoException {
        NativeBuffer made = new NativeBuffer(8);
        MemFd nothing = MemFd.create("vsnd-nothing", 0, false);
        long context = LibC.syscall(IO_SETUP, ROOM, made.address(), 0, 0, 0) == 0
                ? made.bytes().getLong(0)
                : 0;
        return new EventSignals(nothing, context);
    }

    /** Adds one. A counter that is full stays full. */
    public void signal(EventFd eventFd) {
        int fd = eventFd.fd();
        if (fd < 0) {
            return;
        }
        boolean mayWait = (LibC.fcntl(fd, LibC.F_GETFL, 0) & LibC.O_NONBLOCK) == 0;
        if (!mayWait) {
            eventFd.signal();
        } else if (context == 0 || !submit(fd)) {
            FileDescriptors.setNonBlocking(fd);
            eventFd.signal();
        }
    }

    private boolean submit(int fd) {
        if (unseen == ROOM) {
            LibC.syscall(IO_GETEVENTS, context, 0, ROOM, memory.address() + EVENTS, memory.address() + NO_TIME);
            unseen = 0;
        }
        unseen++;
        memory.bytes().putInt(IOCB + IOCB_RESFD, fd);
        return LibC.syscall(IO_SUBMIT, context, 1, memory.address() + IOCB_POINTER, 0, 0) == 1;
    }

    @Override
    public void close() {
        if (context != 0) {
            LibC.syscall(IO_DESTROY, context, 0, 0, 0, 0);
            context = 0;
        }
        nothing.close();
    }
}
