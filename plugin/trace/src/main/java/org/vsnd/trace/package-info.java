// SPDX-License-Identifier: Apache-2.0
/** What a guest did against a card, as a file: the format, and the replay of such a file against this card. */
@NullMarked
package org.vsnd.trace;

import org.jspecify.annotations.NullMarked;
