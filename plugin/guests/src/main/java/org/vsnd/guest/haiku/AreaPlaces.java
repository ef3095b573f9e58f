// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/** Where areas are put. */
interface AreaPlaces {
    /** Takes as much, whole pages. */
    long take(int bytes);

    /** Gives back what was taken. */
    void give(long address, int bytes);
}
