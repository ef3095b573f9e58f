// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

/** Something the operator has to correct. The message is one sentence that says what to do. */
public class BootException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * With the operator's sentence only.
     *
     * @param message one sentence for the operator
     */
    public BootException(String message) {
        super(message);
    }

    /**
     * @param message one sentence for the operator
     * @param cause the underlying error
     */
    public BootException(String message, Throwable cause) {
        super(message, cause);
    }
}
