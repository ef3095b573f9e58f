// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

/** The client sent something after which the connection cannot go on; it ends. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int replyErrno;

    // No answer is possible.
    ProtocolException(String message) {
        this(message, 0);
    }

    // replyErrno: sent to the client before the connection ends
    ProtocolException(String message, int replyErrno) {
        super(message);
        this.replyErrno = replyErrno;
    }

    /** The errno that is sent to the client before the connection ends, or 0 for none. */
    int replyErrno() {
        return replyErrno;
    }
}
