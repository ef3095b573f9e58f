// SPDX-License-Identifier: Apache-2.0
/** The card of a trace, as its guest came to know it. */
@NullMarked
package org.vsnd.trace.card;

import org.jspecify.annotations.NullMarked;
