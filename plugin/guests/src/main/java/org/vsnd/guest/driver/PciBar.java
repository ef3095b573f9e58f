// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/**
 * A BAR as sizing found it.
 *
 * @param size bytes
 * @param address where the driver has put it
 */
public record PciBar(int index, long size, boolean is64Bit, boolean prefetchable, long address) {}
