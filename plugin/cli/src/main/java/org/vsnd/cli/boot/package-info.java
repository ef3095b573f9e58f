// SPDX-License-Identifier: Apache-2.0
/**
 * A real guest on a real hypervisor: QEMU, a Debian kernel and an initial RAM disk, fetched, built and run without
 * touching the system they run on.
 */
@NullMarked
package org.vsnd.cli.boot;

import org.jspecify.annotations.NullMarked;
