// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.List;
import org.vsnd.spi.PluginException;

/**
 * The contents of {@code plugin.yaml}.
 *
 * @param id the plugin's name, for machines
 * @param name the plugin's name, for people
 * @param version the plugin's own
 * @param spiVersion the version that the plugin was written for, see {@link org.vsnd.spi.SpiVersion}
 * @param className the {@link org.vsnd.spi.PciDevicePlugin} to load
 * @param pci the device's ids
 * @param residentPackages packages, with those below them, that must not be loaded twice in a JVM: native bindings, and
 *     the types they implement
 */
public record PluginDescriptor(
        String id,
        String name,
        String version,
        int spiVersion,
        String className,
        PciIds pci,
        List<String> residentPackages,
        List<OptionDescriptor> options) {
    /** The name of the file, at the top of an archive. */
    public static final String FILE = "plugin.yaml";

    /**
     * Reads a descriptor.
     *
     * @param yaml the text
     * @param source where it comes from, for complaints
     * @throws PluginException if it is wrong or for another SPI version; the message names source, line and what is
     *     expected
     */
    public static PluginDescriptor read(String yaml, String source) throws PluginException {
        return Manifest.read(yaml, source).descriptor();
    }
}
