// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.vsnd.guest.driver.Bus;

/** The PCI bus manager's MSI-X: a table entry is masked, written as three dwords and unmasked; no function mask. */
final class HaikuMsix {
    private static final int MSIX_CAPABILITY = 0x11;
    private static final int CONTROL_ENABLE = 0x8000;
    private static final int CONTROL_TABLE_SIZE = 0x7ff;
    private static final int ENTRY_BYTES = 16;
    private static final int ENTRY_DATA = 8;
    private static final int ENTRY_CONTROL = 12;
    private static final int MASK = 1;
    private static final int MAX_VECTORS = 32;

    private final HaikuKernel kernel;
    private final Bus bus;
    private final HaikuPci pci;
    private int capability;
    private int control;
    private int table;
    private int pba;
    private int configured;

    HaikuMsix(HaikuKernel kernel, HaikuPci pci) {
        this.kernel = kernel;
        bus = kernel.bus();
        this.pci = pci;
    }

    void readInfo() {
        capability = pci.findCapability(MSIX_CAPABILITY);
        if (capability != 0) {
            control = pci.read(capability + 2, 2);
            table = pci.read(capability + 4, 4);
            pba = pci.read(capability + 8, 4);
        }
    }

    /** Entries of the table; 0 without the capability. */
    int count() {
        return capability == 0 ? 0 : (control & CONTROL_TABLE_SIZE) + 1;
    }

    private int tableBar() {
        return table & 7;
    }

    private long entry(int vector) {
        return (table & ~7L) + (long) ENTRY_BYTES * vector;
    }

    /**
     * Fills this many entries.
     *
     * @return whether it could
     */
    boolean configure(int vectors) {
        if (vectors > MAX_VECTORS || vectors > count() || configured != 0) {
            return false;
        }
        int tableBytes = ENTRY_BYTES * count();
        kernel.log().barMapped(tableBar(), entry(0) + tableBytes);
        if (tableBar() != (pba & 7)) {
            kernel.log().barMapped(pba & 7, (pba & ~7L) + tableBytes);
        }
        pci.write(HaikuPci.COMMAND, 2, pci.read(HaikuPci.COMMAND, 2) | HaikuPci.COMMAND_MEMORY);
        for (int vector = 0; vector < vectors; vector++) {
            setMask(vector);
            bus.writeBar(tableBar(), entry(vector), 4, InterruptLines.MESSAGE_ADDRESS & 0xffff_ffffL);
            bus.writeBar(tableBar(), entry(vector) + 4, 4, InterruptLines.MESSAGE_ADDRESS >>> 32);
            bus.writeBar(tableBar(), entry(vector) + ENTRY_DATA, 4, InterruptLines.FIRST_MESSAGE_DATA + vector);
            long at = entry(vector) + ENTRY_CONTROL;
            bus.writeBar(tableBar(), at, 4, bus.readBar(tableBar(), at, 4) & ~(long) MASK);
        }
        configured = vectors;
        return true;
    }

    private void setMask(int vector) {
        long at = entry(vector) + ENTRY_CONTROL;
        bus.writeBar(tableBar(), at, 4, bus.readBar(tableBar(), at, 4) | MASK);
    }

    void enable() {
        pci.write(HaikuPci.COMMAND, 2, pci.read(HaikuPci.COMMAND, 2) | HaikuPci.COMMAND_INT_DISABLE);
        control |= CONTROL_ENABLE;
        pci.write(capability + 2, 2, control);
        pci.read(capability + 2, 2); // for a line in the system log
    }

    void disable() {
        control &= ~CONTROL_ENABLE;
        pci.write(capability + 2, 2, control);
    }

    /** Switches it off once more and masks what was configured. */
    void unconfigure() {
        disable();
        for (int vector = 0; vector < configured; vector++) {
            if ((bus.readBar(tableBar(), entry(vector) + ENTRY_CONTROL, 4) & MASK) == 0) {
                setMask(vector);
            }
        }
        configured = 0;
    }
}
