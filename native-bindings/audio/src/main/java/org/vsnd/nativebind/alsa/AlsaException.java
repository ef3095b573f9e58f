// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/** libasound refused something; the message is what {@code snd_strerror} says of it. */
final class AlsaException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * With the call that failed and its error.
     *
     * @param what for example {@code open "default"}
     * @param error as libasound returned it, negative
     */
    AlsaException(String what, long error) {
        super(what + ": " + LibAsound.snd_strerror((int) error));
        errno = (int) -error;
    }

    /** The error number, positive. */
    int errno() {
        return errno;
    }
}
