// SPDX-License-Identifier: Apache-2.0
/** The parts that all servers on a Unix socket share, whatever their protocol. */
@NullMarked
package org.vsnd.server;

import org.jspecify.annotations.NullMarked;
