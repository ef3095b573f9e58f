// SPDX-License-Identifier: Apache-2.0
/**
 * The port between the sound device and the host's audio, and the back ends that need nothing but the JDK.
 *
 * <p>Two threads meet here: the device thread, which decides, and a back end's own audio thread. They share a
 * {@link org.vsnd.audio.FrameRing}, a small ring of {@link org.vsnd.audio.PositionReports} and commands; neither ever
 * waits for the other.
 */
@NullMarked
package org.vsnd.audio;

import org.jspecify.annotations.NullMarked;
