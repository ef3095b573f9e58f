// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import org.vsnd.plugin.VirtioSoundPlugin;
import picocli.CommandLine;

/** The text that {@code --version} prints. */
final class VersionText implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "vsnd " + VirtioSoundPlugin.descriptor().version() + " (Java " + Runtime.version() + ")",
        };
    }
}
