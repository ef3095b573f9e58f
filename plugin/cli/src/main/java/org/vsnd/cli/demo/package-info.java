// SPDX-License-Identifier: Apache-2.0
/** {@code vsnd demo}: a card, a model of Haiku and host audio in one process. */
@NullMarked
package org.vsnd.cli.demo;

import org.jspecify.annotations.NullMarked;
