// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

/** A measurement could not be made. The message says why, for the operator. */
public final class BenchException extends Exception {
    private static final long serialVersionUID = 1L;

    public BenchException(String message) {
        super(message);
    }

    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
