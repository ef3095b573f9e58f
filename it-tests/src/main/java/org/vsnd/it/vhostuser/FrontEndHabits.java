// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vhostuser;

/** How a front end goes about its work where the protocol leaves a choice; facts from the sources of both. */
public enum FrontEndHabits {
    /** Acknowledges nothing it need not, gives the memory in one table, and a ring's kick before it is enabled. */
    QEMU,
    /** The front end of rust-vmm, which cloud-hypervisor and libkrun use: acknowledged, memory region by region. */
    RUST_VMM,
    /**
     * Each ring in one go, from its size to its enabling, when it starts, and from its disabling to its base when it stops; never
     * asks for an acknowledgement although it has agreed to them, tells of no reset, and hides packed rings. It does not connect
     * again: it ends its machine.
     */
    CROSVM,
    /** Knows no protocol features: rings run as soon as they are kicked. */
    OLD;

    boolean hasProtocolFeatures() {
        return this != OLD;
    }
}
