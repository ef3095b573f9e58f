// SPDX-License-Identifier: Apache-2.0
/** WAV files: what is played is written to them, what is recorded is read from them. The device thread does no I/O. */
@NullMarked
package org.vsnd.audio.file;

import org.jspecify.annotations.NullMarked;
