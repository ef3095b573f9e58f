// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

/** The server has answered with an error. */
public final class VfioUserErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    VfioUserErrorException(int command, int errno) {
        super("command " + command + " was answered with errno " + errno);
        this.errno = errno;
    }

    /** The error number. */
    public int errno() {
        return errno;
    }
}
