// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

import java.util.Map;

/**
 * A kind of PCI device that a host can load. Found with {@link java.util.ServiceLoader}; {@code plugin.yaml} names the
 * same class and describes the options.
 *
 * <p>Implementations have a public constructor without parameters and hold no state.
 */
public interface PciDevicePlugin {
    /** The plugin's name, the same as {@code id} in {@code plugin.yaml}, for example {@code virtio-snd-pci}. */
    String id();

    /**
     * Makes one device. May be called on any thread and may block, for example to open a file; the function it returns
     * belongs to {@code host}'s device thread from its first use on.
     *
     * @param host the emulator's services, which the device keeps for its whole life
     * @param options option name to value as {@code plugin.yaml} describes them; options left out have their defaults
     * @throws PluginException if an option is unknown or wrong, or a resource is not available; the message is one
     *     sentence for the operator that says what to do
     */
    PciFunction create(Host host, Map<String, String> options) throws PluginException;
}
