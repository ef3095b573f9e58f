// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** A fault of the operator: an option or the machine is not as the device needs it. The message says what to do. */
public class PluginException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence for the operator that names the option and its permitted values */
    public PluginException(String message) {
        super(message);
    }

    /**
     * @param message one sentence for the operator that names the option and its permitted values
     * @param cause the underlying error
     */
    public PluginException(String message, Throwable cause) {
        super(message, cause);
    }
}
