// SPDX-License-Identifier: Apache-2.0
/** Sound that says of each of its frames which one it is, and what is left of it in a recording. */
@NullMarked
package org.vsnd.measure.sound;

import org.jspecify.annotations.NullMarked;
