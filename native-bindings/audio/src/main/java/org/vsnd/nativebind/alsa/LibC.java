// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import com.sun.jna.Native;

/** The C library's calls with which an audio thread waits for a PCM and is woken, one to one. */
@SuppressWarnings("MemberName") // C's own spelling
final class LibC {
    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x80000;
    static final int POLLIN = 0x1;
    static final int PRIO_PROCESS = 0;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int eventfd(int initval, int flags);

    static native long read(int fd, long buf, long count);

    static native long write(int fd, long buf, long count);

    static native int close(int fd);

    static native int setpriority(int which, int who, int prio);

    static native int ppoll(long fds, long nfds, long timeout, long sigmask);
}
