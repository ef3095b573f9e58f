// SPDX-License-Identifier: Apache-2.0
/**
 * Host audio through the JDK's own {@code javax.sound.sampled}: wherever there is a JDK, with what its mixers know. Nothing
 * native is needed beyond the JDK, so this is what an emulator on Windows or macOS has; on Linux ALSA and PulseAudio know
 * more of their clocks.
 */
@NullMarked
package org.vsnd.audio.javax;

import org.jspecify.annotations.NullMarked;
