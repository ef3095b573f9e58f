// SPDX-License-Identifier: Apache-2.0
/** Devices on sockets, each on its own thread, and what is written down about them. */
@NullMarked
package org.vsnd.cli.serve;

import org.jspecify.annotations.NullMarked;
