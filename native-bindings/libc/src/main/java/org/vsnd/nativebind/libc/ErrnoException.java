// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.io.IOException;

/** A C library call failed; the message says which and why, in words. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * Names the failure.
     *
     * @param what the call that failed, for example {@code "bind"}
     * @param errno the error number
     */
    public ErrnoException(String what, int errno) {
        super(what + ": " + LibC.strerror(errno));
        this.errno = errno;
    }

    /** The failure of this thread's last call. */
    static ErrnoException last(String what) {
        return new ErrnoException(what, LibC.errno());
    }

    /** The error number, see {@link Errno}. */
    public int errno() {
        return errno;
    }
}
