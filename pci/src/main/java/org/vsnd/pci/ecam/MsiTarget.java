// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

/** Where a host with an MSI controller takes message-signalled interrupts. */
@FunctionalInterface
public interface MsiTarget {
    /**
     * A function writes a message. Device thread only; must not block.
     *
     * @param address where the guest has told the function to write to; need not make sense
     * @param data what the guest has told it to write
     */
    void write(long address, int data);
}
