// SPDX-License-Identifier: Apache-2.0
/**
 * The virtio PCI transport, VIRTIO 1.4 section 4.1: puts an {@link org.vsnd.virtio.VirtioDevice} behind an {@link
 * org.vsnd.spi.PciFunction}. {@link org.vsnd.pci.virtio.VirtioPciFunction} is the entry point. Device thread only.
 */
@NullMarked
package org.vsnd.pci.virtio;

import org.jspecify.annotations.NullMarked;
