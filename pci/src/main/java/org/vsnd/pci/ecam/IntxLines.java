// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

/** The four interrupt lines of the bus, as they reach the host's interrupt controller. */
@FunctionalInterface
public interface IntxLines {
    /** Lines of the bus, and pins of a device. */
    int COUNT = 4;

    /**
     * A line changes its level. Device thread only; must not block.
     *
     * @param line 0..3, as {@link PciHostNode} tells the guest
     * @param asserted whether at least one function asserts it
     */
    void set(int line, boolean asserted);

    /** {@link org.vsnd.spi.PciInterrupts#deliveryNanos} of lines and messages alike. */
    default long deliveryNanos() {
        return 30_000_000;
    }
}
