// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/** The device has broken a rule of the standard: what a test driver is there to find. */
public final class DeviceFaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message which rule, and the numbers */
    public DeviceFaultException(String message) {
        super(message);
    }
}
