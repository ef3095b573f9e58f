// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

/** A trace that cannot be used: one sentence that says which file and line, and what is expected there. */
public final class TraceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message file, line and expectation */
    public TraceException(String message) {
        super(message);
    }
}
