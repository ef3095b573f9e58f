// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** The operator's fault: an option or the machine is not as the device needs it. The message says what to do. */
public class PluginException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence for the operator, naming the option and what would be right */
    public PluginException(String message) {
        super(message);
    }

    /**
     * @param message one sentence for the operator, naming the option and what would be right
     * @param cause what the machine said
     */
    public PluginException(String message, Throwable cause) {
        super(message, cause);
    }
}
