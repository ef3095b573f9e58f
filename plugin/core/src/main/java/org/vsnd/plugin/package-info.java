/** The plugin a host loads: {@code plugin.yaml}, options, and the wiring of a PCI virtio sound card. */
@NullMarked
package org.vsnd.plugin;

import org.jspecify.annotations.NullMarked;
