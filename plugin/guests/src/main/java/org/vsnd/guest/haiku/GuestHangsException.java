// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/** The guest never goes on: it waits for an interrupt that does not come, or for a buffer that is not used. */
public final class GuestHangsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;

    GuestHangsException(String what) {
        super("the guest hangs: " + what);
        this.what = what;
    }

    /** What it waits for, in the words of the captured traces. */
    public String what() {
        return what;
    }
}
