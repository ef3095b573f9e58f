// SPDX-License-Identifier: Apache-2.0
/** What measurements are worked out with: lines through times, sines through samples, quantiles. */
@NullMarked
package org.vsnd.measure;

import org.jspecify.annotations.NullMarked;
