// SPDX-License-Identifier: Apache-2.0
/** Host audio through ALSA: the C library one to one, and the back end on top of it. */
@NullMarked
package org.vsnd.nativebind.alsa;

import org.jspecify.annotations.NullMarked;
