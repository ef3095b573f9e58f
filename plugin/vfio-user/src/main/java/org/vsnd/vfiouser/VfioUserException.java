// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.io.IOException;

/** The server cannot start; the message is one sentence for the operator that says what to do. */
public final class VfioUserException extends IOException {
    private static final long serialVersionUID = 1L;

    VfioUserException(String message) {
        super(message);
    }

    VfioUserException(String message, Throwable cause) {
        super(message, cause);
    }
}
