package org.vsnd.cli;

import org.vsnd.plugin.PluginDescriptor;
import picocli.CommandLine;

/** What {@code --version} prints. */
final class VersionText implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "vsnd " + PluginDescriptor.load().version() + " (Java " + Runtime.version() + ")",
        };
    }
}
