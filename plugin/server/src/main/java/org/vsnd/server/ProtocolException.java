// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

/** What the client sent leaves no way to go on with it: the connection ends. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int replyErrno;

    // No answer makes sense.
    public ProtocolException(String message) {
        this(message, 0);
    }

    // replyErrno: what the client is told before the connection ends
    public ProtocolException(String message, int replyErrno) {
        super(message);
        this.replyErrno = replyErrno;
    }

    /** What the client is told before the connection ends; 0: nothing. */
    public int replyErrno() {
        return replyErrno;
    }
}
