// SPDX-License-Identifier: Apache-2.0
/**
 * Drivers of other guests than Linux and Haiku, one class a family, each with its habits and its mistakes: the order in
 * which it sets up the transport, its queues, the shape of its chains, its life cycle, what it waits for and how long. None
 * knows anything of the device. {@link org.vsnd.guest.family.GuestFamilies} lists them.
 */
@NullMarked
package org.vsnd.guest.family;

import org.jspecify.annotations.NullMarked;
