package org.vsnd.nativebind.pulse;

import com.sun.jna.Native;

/** What is needed of the C library beside libpulse. */
@SuppressWarnings("MemberName") // C's own spelling
final class LibC {
    static final int SCHED_FIFO = 1;
    static final int SCHED_RESET_ON_FORK = 0x40000000;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int sched_setscheduler(int pid, int policy, byte[] param);

    static native long memcpy(long dest, long src, long n);
}
