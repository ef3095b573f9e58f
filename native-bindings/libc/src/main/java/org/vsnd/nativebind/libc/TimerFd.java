// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

/** A timerfd in the time of {@link System#nanoTime()}: readable once its deadline has passed. One thread. */
public final class TimerFd implements AutoCloseable {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int IT_VALUE_SEC = 16;
    private static final int IT_VALUE_NSEC = 24;
    private static final int ITIMERSPEC_LENGTH = 32;

    private final NativeBuffer spec = new NativeBuffer(ITIMERSPEC_LENGTH);
    private int fd;

    private TimerFd(int fd) {
        this.fd = fd;
    }

    /** A new one, not armed. */
    public static TimerFd create() throws ErrnoException {
        checkClocks();
        int fd = LibC.timerfd_create(LibC.CLOCK_MONOTONIC, LibC.TFD_NONBLOCK | LibC.TFD_CLOEXEC);
        if (fd < 0) {
            throw ErrnoException.last("timerfd_create");
        }
        return new TimerFd(fd);
    }

    /** {@code nanoTime} promises no origin, so this is checked: on Linux it is the monotonic clock itself. */
    private static void checkClocks() {
        long before = System.nanoTime();
        long monotonic = monotonicNanos();
        long after = System.nanoTime();
        if (monotonic < before || monotonic > after) {
            throw new IllegalStateException("System.nanoTime is not CLOCK_MONOTONIC on this machine: " + monotonic
                    + " is not between " + before + " and " + after);
        }
    }

    /** {@code CLOCK_MONOTONIC}, nanoseconds. */
    static long monotonicNanos() {
        NativeBuffer timespec = new NativeBuffer(16);
        LibC.clock_gettime(LibC.CLOCK_MONOTONIC, timespec.address());
        return timespec.bytes().getLong(0) * NANOS_PER_SECOND + timespec.bytes().getLong(8);
    }

    /** Sets the deadline, which may have passed, and forgets an expiry that has not been seen yet. */
    public void arm(long deadlineNanos) {
        settime(Math.max(1, deadlineNanos)); // 0 would disarm
    }

    /** Forgets the deadline and an expiry that has not been seen yet. */
    public void disarm() {
        settime(0);
    }

    private void settime(long nanos) {
        spec.bytes().putLong(IT_VALUE_SEC, nanos / NANOS_PER_SECOND);
        spec.bytes().putLong(IT_VALUE_NSEC, nanos % NANOS_PER_SECOND);
        if (LibC.timerfd_settime(fd, LibC.TFD_TIMER_ABSTIME, spec.address(), 0) != 0) {
            throw new IllegalStateException("timerfd_settime: " + LibC.strerror(LibC.errno()));
        }
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
