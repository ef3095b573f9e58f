// SPDX-License-Identifier: Apache-2.0
package org.vsnd.testing;

/** The other end has closed the connection. */
public final class DisconnectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For a connection that has just been found closed. */
    public DisconnectedException() {
        super("the server has closed the connection");
    }
}
