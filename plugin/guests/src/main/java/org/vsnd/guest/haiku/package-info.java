// SPDX-License-Identifier: Apache-2.0
/**
 * Haiku as a virtio sound card sees it: the PCI bus manager, the virtio transport and bus manager, the virtio_sound driver
 * of the branch of that name, and the media server's multi_audio node, over any {@link org.vsnd.guest.driver.Bus}. Does what
 * they do register by register, with their mistakes, and never go on where they would.
 */
@NullMarked
package org.vsnd.guest.haiku;

import org.jspecify.annotations.NullMarked;
