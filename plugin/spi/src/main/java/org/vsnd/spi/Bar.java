// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/**
 * A memory base address register that a function decodes. I/O space is not offered.
 *
 * @param index 0..5; a 64-bit register also takes {@code index + 1}
 * @param size bytes, a power of two of at least 16
 * @param is64Bit whether it can be placed above 4 GiB
 * @param prefetchable whether reads have no side effects (a promise to bridges)
 */
public record Bar(int index, long size, boolean is64Bit, boolean prefetchable) {
    /** Checks the rules above: a wrong BAR is our own fault. */
    public Bar {
        if (index < 0 || index > (is64Bit ? 4 : 5)) {
            throw new IllegalArgumentException("BAR index " + index + " out of range");
        }
        if (size < 16 || Long.bitCount(size) != 1) {
            throw new IllegalArgumentException("BAR size " + size + " is not a power of two of at least 16");
        }
    }
}
