// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import java.nio.file.Path;
import java.util.Map;
import org.vsnd.plugin.load.LoadedPlugin;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/** What docs/hosts.md shows of a host, line for line. */
final class HostExample {
    /** The emulator. */
    interface Machine {
        Host host();

        /** Until the guest powers off. */
        void run(PciFunction card);
    }

    private HostExample() {}

    static void run(Machine machine, Path archive, Map<String, String> options) throws PluginException {
        try (LoadedPlugin plugin = LoadedPlugin.open(archive)) {
            PciFunction card = plugin.create(machine.host(), options); // Map.of("backend", "pulse")
            machine.run(card); // guest accesses become card.readConfig, writeConfig, readBar, writeBar
            card.close(); // like those on the device thread
        }
    }
}
