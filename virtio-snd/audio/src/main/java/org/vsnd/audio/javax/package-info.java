// SPDX-License-Identifier: Apache-2.0
/**
 * Host audio through the JDK's own {@code javax.sound.sampled}: available with every JDK, within the limits of its
 * mixers. It needs nothing native beyond the JDK, so an emulator on Windows or macOS uses it; on Linux, ALSA and
 * PulseAudio give better access to their clocks.
 */
@NullMarked
package org.vsnd.audio.javax;

import org.jspecify.annotations.NullMarked;
