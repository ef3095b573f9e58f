// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/**
 * Contiguous memory of the kernel.
 *
 * @param id never given twice by one kernel
 * @param address guest-physical
 * @param bytes whole pages
 */
record Area(int id, String name, long address, int bytes) {
    long end() {
        return address + bytes;
    }
}
