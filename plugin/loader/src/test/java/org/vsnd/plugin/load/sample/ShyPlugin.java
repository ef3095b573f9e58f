// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load.sample;

import java.util.Map;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/** A plugin that nobody can make. */
public final class ShyPlugin implements PciDevicePlugin {
    private final String id;

    /** For nobody. */
    public ShyPlugin(String id) {
        this.id = id;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public PciFunction create(Host host, Map<String, String> options) throws PluginException {
        throw new PluginException("shy");
    }
}
