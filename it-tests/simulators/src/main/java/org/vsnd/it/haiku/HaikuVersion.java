package org.vsnd.it.haiku;

/** Whose PCI and virtio code runs below the sound driver. */
public enum HaikuVersion {
    /** The branch {@code virtio-sound-dev} the driver lives in. */
    BRANCH,
    /** Haiku's master: waits for a reset to be done, and looks at the bus once more. */
    MASTER
}
