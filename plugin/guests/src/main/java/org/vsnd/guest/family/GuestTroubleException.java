// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

/** What a guest's user gets instead of sound, and why. */
public final class GuestTroubleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean hangs;

    /**
     * Trouble.
     *
     * @param hangs true: the guest never goes on; false: it goes on without sound
     * @param why in the words of the driver, what it did not get
     */
    public GuestTroubleException(boolean hangs, String why) {
        super((hangs ? "hangs: " : "no sound: ") + why);
        this.hangs = hangs;
    }

    /** Whether the guest never goes on. */
    public boolean hangs() {
        return hangs;
    }
}
