// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

/** The operator named a back end that is not available; the message is a sentence that says what to do. */
public final class BackendException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With a sentence that says what to do. */
    public BackendException(String message) {
        super(message);
    }

    /** With a sentence that says what to do, and the cause. */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
