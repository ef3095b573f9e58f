// SPDX-License-Identifier: Apache-2.0
/**
 * A vfio-user server: lets QEMU (10.1 or later) and cloud-hypervisor use a {@link org.vsnd.spi.PciFunction} of this
 * process as if it were one of their own PCI devices. {@link org.vsnd.vfiouser.VfioUserProtocol} is the entry point.
 *
 * <p>The thread that serves is the function's device thread: it polls the socket, the function's timers and its wake-ups,
 * so that a guest's notification reaches the device without a hand-off.
 */
@NullMarked
package org.vsnd.vfiouser;

import org.jspecify.annotations.NullMarked;
