// SPDX-License-Identifier: Apache-2.0
/**
 * The measurements behind {@code docs/bench-haiku.md}: the model of Haiku plays and records through {@code vsnd serve} in
 * real time, over the vfio-user socket, as a hypervisor's guest would.
 */
@NullMarked
package org.vsnd.bench.haiku;

import org.jspecify.annotations.NullMarked;
