// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/** A BAR of a function on the bus, where the guest has put it. */
final class DecodedBar {
    private static final int COMMAND = 0x04; // le16
    private static final int COMMAND_MEMORY = 1 << 1;
    private static final int BASE_ADDRESS_0 = 0x10; // 6 x le32
    private static final long LOW_HALF = 0xffff_ffffL;

    private final PciFunction function;
    private final Bar bar;

    private boolean enabled;
    private long start;

    DecodedBar(PciFunction function, Bar bar) {
        this.function = function;
        this.bar = bar;
    }

    /** Looks at the function's registers. */
    void refresh() {
        enabled = (function.readConfig(COMMAND, 2) & COMMAND_MEMORY) != 0;
        int register = BASE_ADDRESS_0 + 4 * bar.index();
        long address = function.readConfig(register, 4) & LOW_HALF;
        if (bar.is64Bit()) {
            address |= (long) function.readConfig(register + 4, 4) << 32;
        }
        start = address & -bar.size(); // without the type bits
    }

    /** Whether it answers for the byte at an address. */
    boolean holds(long address) {
        return enabled && Long.compareUnsigned(address - start, bar.size()) < 0;
    }

    long read(long address, int size) {
        return function.readBar(bar.index(), address - start, size);
    }

    void write(long address, int size, long value) {
        function.writeBar(bar.index(), address - start, size, value);
    }
}
