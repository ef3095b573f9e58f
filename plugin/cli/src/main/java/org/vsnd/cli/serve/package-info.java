// SPDX-License-Identifier: Apache-2.0
/** Devices on sockets, each on its own thread, their statistics and recordings. */
@NullMarked
package org.vsnd.cli.serve;

import org.jspecify.annotations.NullMarked;
