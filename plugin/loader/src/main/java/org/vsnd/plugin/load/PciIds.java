// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

/**
 * The ids by which a guest finds the device.
 *
 * @param vendorId 16 bits
 * @param deviceId 16 bits
 * @param classCode base class, sub-class and programming interface, 24 bits
 */
public record PciIds(int vendorId, int deviceId, int classCode) {}
