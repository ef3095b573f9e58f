// SPDX-License-Identifier: Apache-2.0
/** What every server on a Unix socket shares, whatever its protocol. */
@NullMarked
package org.vsnd.server;

import org.jspecify.annotations.NullMarked;
