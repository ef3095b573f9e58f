package org.vsnd.nativebind.pulse;

import com.sun.jna.Native;

/** The one thing of the C library that libpulse's buffers need. */
@SuppressWarnings("MemberName") // C's own spelling
final class LibC {
    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native long memcpy(long dest, long src, long n);
}
