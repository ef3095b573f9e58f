// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/** The error numbers that matter for a PCM, as in {@code asm-generic/errno.h}. */
final class Errno {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EPIPE = 32;
    static final int ENOSYS = 38;
    static final int EBADFD = 77;
    static final int ESTRPIPE = 86;
    static final int ETIMEDOUT = 110;

    private Errno() {}
}
