// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

/** The client sent something after which the connection cannot go on; it ends. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int replyErrno;

    /**
     * No answer is possible.
     *
     * @param message for the log, the end of a sentence about the client
     */
    public ProtocolException(String message) {
        this(message, 0);
    }

    /**
     * The client is told.
     *
     * @param message for the log, the end of a sentence about the client
     * @param replyErrno sent to the client before the connection ends
     */
    public ProtocolException(String message, int replyErrno) {
        super(message);
        this.replyErrno = replyErrno;
    }

    /** The errno that is sent to the client before the connection ends, or 0 for none. */
    int replyErrno() {
        return replyErrno;
    }
}
