// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

/** The operator named a back end that cannot be had; the message is a sentence that says what to do. */
public final class BackendException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With a sentence that says what to do. */
    public BackendException(String message) {
        super(message);
    }

    /** With a sentence that says what to do, and what lies behind it. */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
