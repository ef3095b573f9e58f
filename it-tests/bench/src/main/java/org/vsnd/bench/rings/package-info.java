// SPDX-License-Identifier: Apache-2.0
/** {@code ./vsnd bench rings}: what a message costs in each kind of ring. */
@NullMarked
package org.vsnd.bench.rings;

import org.jspecify.annotations.NullMarked;
