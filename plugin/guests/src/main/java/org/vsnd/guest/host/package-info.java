// SPDX-License-Identifier: Apache-2.0
/** Hosts for tests, in this process: flat guest memory that catches stray accesses, virtual time, recorded interrupts. */
@NullMarked
package org.vsnd.guest.host;

import org.jspecify.annotations.NullMarked;
