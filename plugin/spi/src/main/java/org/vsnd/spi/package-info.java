// SPDX-License-Identifier: Apache-2.0
/**
 * What a host (a hypervisor or emulator) and a PCI device say to each other.
 *
 * <p>A host finds a {@link org.vsnd.spi.PciDevicePlugin} through {@link java.util.ServiceLoader} or {@code plugin.yaml},
 * gives it a {@link org.vsnd.spi.Host} and gets a {@link org.vsnd.spi.PciFunction}, which it calls on one thread only:
 * the {@link org.vsnd.spi.DeviceThread}. Nothing in this package depends on anything but the JDK.
 */
@NullMarked
package org.vsnd.spi;

import org.jspecify.annotations.NullMarked;
