// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

import org.vsnd.spi.PciInterrupts;

/**
 * The INTA# line of one function and its Interrupt Status bit (PCI 3.0 section 6.2.3). The line follows the level of a
 * cause, unless the guest has disabled it or has turned MSI-X on. Device thread only.
 */
public final class Intx {
    private final PciInterrupts interrupts;
    private final ConfigSpace config;

    private boolean cause;
    private boolean disabled;
    private boolean msixEnabled;
    private boolean asserted;

    /** @param config its status register shows the state of the line */
    public Intx(PciInterrupts interrupts, ConfigSpace config) {
        this.interrupts = interrupts;
        this.config = config;
    }

    /** Sets whether the function has a cause for an interrupt. */
    public void setCause(boolean cause) {
        this.cause = cause;
        update();
    }

    /** Command bit 10: keeps the line deasserted, but not the status bit. */
    public void setDisabled(boolean disabled) {
        this.disabled = disabled;
        update();
    }

    /** With MSI-X on, the function must not use INTx. */
    public void setMsixEnabled(boolean msixEnabled) {
        this.msixEnabled = msixEnabled;
        update();
    }

    /** Sets all three at once, after a snapshot was loaded: the line changes at most once. */
    public void resume(boolean cause, boolean disabled, boolean msixEnabled) {
        this.cause = cause;
        this.disabled = disabled;
        this.msixEnabled = msixEnabled;
        update();
    }

    /** Shows the line in the status register again, after {@link ConfigSpace#reset}. */
    public void update() {
        boolean pending = cause && !msixEnabled;
        int status = config.read(ConfigSpace.STATUS, 2) & ~ConfigSpace.STATUS_INTX;
        config.set(ConfigSpace.STATUS, 2, pending ? status | ConfigSpace.STATUS_INTX : status);
        boolean level = pending && !disabled;
        if (level != asserted) {
            asserted = level;
            interrupts.setIntx(level);
        }
    }
}
