// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

/** Processor time that the calling thread has used. One thread; allocates nothing once it is made. */
public final class ThreadCpuClock {
    private static final int TV_SEC = 0;
    private static final int TV_NSEC = 8;
    private static final int TIMESPEC_LENGTH = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final NativeBuffer timespec = new NativeBuffer(TIMESPEC_LENGTH);

    /** Nanoseconds of processor time since the thread began. */
    public long nanos() {
        LibC.clock_gettime(LibC.CLOCK_THREAD_CPUTIME_ID, timespec.address());
        return timespec.bytes().getLong(TV_SEC) * NANOS_PER_SECOND
                + timespec.bytes().getLong(TV_NSEC);
    }
}
