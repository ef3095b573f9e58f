// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/** Whose PCI and virtio code runs below the sound driver. */
public enum HaikuVersion {
    /** The branch {@code virtio-sound-dev} the driver lives in. */
    BRANCH,
    /** Haiku's master: waits for a reset to be done, and looks at the bus once more. */
    MASTER,
    /**
     * Master with its device manager, as a real kernel was seen to run it: the card stays as it is when the driver is
     * closed, handlers installed and MSI-X on, and what the driver keeps in its own memory outlives the close.
     */
    KERNEL
}
