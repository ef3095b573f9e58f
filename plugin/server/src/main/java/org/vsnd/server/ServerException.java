// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.io.IOException;

/** The server cannot start; the message is one sentence for the operator that says what to do. */
public final class ServerException extends IOException {
    private static final long serialVersionUID = 1L;

    ServerException(String message) {
        super(message);
    }

    ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
