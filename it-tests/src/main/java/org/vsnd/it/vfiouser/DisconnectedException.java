// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

/** The server has closed the connection. */
public final class DisconnectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DisconnectedException() {
        super("the server has closed the connection");
    }
}
