// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load.sample;

import java.util.Map;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/** A plugin for tests, packed into archives by them. Shows its own class to the host it is given. */
public final class SamplePlugin implements PciDevicePlugin {
    @Override
    public String id() {
        return "sample";
    }

    @Override
    public PciFunction create(Host host, Map<String, String> options) throws PluginException {
        host.ability(SamplePlugin.class);
        if (options.containsKey("refuse")) {
            throw new PluginException("refused");
        }
        return new SampleFunction(options);
    }
}
