// SPDX-License-Identifier: Apache-2.0
/** Resampling by libspeexdsp: the C library one to one, and the resampler on top of it. */
@NullMarked
package org.vsnd.nativebind.speex;

import org.jspecify.annotations.NullMarked;
