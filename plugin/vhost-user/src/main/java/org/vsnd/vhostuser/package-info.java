// SPDX-License-Identifier: Apache-2.0
/**
 * A vhost-user back end: offers a {@link org.vsnd.virtio.VirtioDevice} of this process to a virtual machine monitor, which
 * has the transport (PCI, MMIO) itself. {@link org.vsnd.vhostuser.VhostUserProtocol} is the entry point. Messages and fields
 * have the names that QEMU's docs/interop/vhost-user.rst gives them.
 *
 * <p>The thread that serves is the device thread: it polls the socket, the kicks of the rings, and the device's timers and
 * wake-ups.
 */
@NullMarked
package org.vsnd.vhostuser;

import org.jspecify.annotations.NullMarked;
