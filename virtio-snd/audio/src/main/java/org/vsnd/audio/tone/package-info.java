// SPDX-License-Identifier: Apache-2.0
/** A sine instead of a microphone. */
@NullMarked
package org.vsnd.audio.tone;

import org.jspecify.annotations.NullMarked;
