// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

/** The guest's player or recorder gave up. A machine that stood still can cause this, so it is worth another try. */
public final class PlayerException extends BootException {
    private static final long serialVersionUID = 1L;

    private final String brief;

    /**
     * @param brief what failed, and how this machine did meanwhile
     * @param more what the guest's kernel says, and what to do
     */
    public PlayerException(String brief, String more) {
        super(brief + "; " + more);
        this.brief = brief;
    }

    /** What failed, without what to do about it. */
    public String brief() {
        return brief;
    }
}
