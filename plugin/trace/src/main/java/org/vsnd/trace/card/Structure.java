// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.card;

/** What can lie in a BAR of a virtio card, VIRTIO 1.4 section 4.1.4 and PCI 3.0 section 6.8.2. */
public enum Structure {
    COMMON,
    NOTIFY,
    ISR,
    DEVICE,
    MSIX_TABLE,
    MSIX_PBA;

    /** Where a structure lies, in bytes. */
    public record Region(int bar, long offset, long length) {
        boolean holds(int accessBar, long accessOffset) {
            return accessBar == bar && accessOffset >= offset && accessOffset - offset < length;
        }
    }

    /** A place in a structure: bytes from its start. */
    public record Place(Structure structure, long offset) {}
}
