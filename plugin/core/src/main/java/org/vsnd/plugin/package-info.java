// SPDX-License-Identifier: Apache-2.0
/** The plugin a host loads: options, and the wiring of a PCI virtio sound card. */
@NullMarked
package org.vsnd.plugin;

import org.jspecify.annotations.NullMarked;
