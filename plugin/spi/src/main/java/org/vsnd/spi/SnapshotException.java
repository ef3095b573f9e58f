// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** A snapshot cannot be restored. The message is one sentence that says why, and what can be done about it. */
public final class SnapshotException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence for the operator */
    public SnapshotException(String message) {
        super(message);
    }
}
