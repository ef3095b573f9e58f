// SPDX-License-Identifier: Apache-2.0
/** The {@code vsnd} command. */
@NullMarked
package org.vsnd.cli;

import org.jspecify.annotations.NullMarked;
