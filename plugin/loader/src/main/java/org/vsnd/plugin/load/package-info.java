// SPDX-License-Identifier: Apache-2.0
/**
 * {@code plugin.yaml}, and how a host in this JVM loads a plugin's archive: {@link org.vsnd.plugin.load.LoadedPlugin}.
 *
 * <p>A host needs only this package, {@code org.vsnd.spi} and a YAML library on its class path. There are three
 * class loaders, each the parent of the next: what a plugin sees of its host (the JDK and the SPI); the plugin's
 * resident packages, which stay for the life of the JVM; and the rest of the plugin, which can be collected once it is
 * closed.
 */
@NullMarked
package org.vsnd.plugin.load;

import org.jspecify.annotations.NullMarked;
