// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

/** What the client sent leaves no way to go on with it: the connection ends. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int replyErrno;

    /**
     * No answer makes sense.
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
     * @param replyErrno what the client is told before the connection ends
     */
    public ProtocolException(String message, int replyErrno) {
        super(message);
        this.replyErrno = replyErrno;
    }

    /** What the client is told before the connection ends; 0: nothing. */
    int replyErrno() {
        return replyErrno;
    }
}
