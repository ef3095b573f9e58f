// SPDX-License-Identifier: Apache-2.0
/**
 * The port between the sound device and the host's audio: what the device asks of a back end, and what it is told. The
 * back ends are in the packages below and in the native bindings; this package sees none of them.
 *
 * <p>Two threads meet here: the device thread, which decides, and a back end's own audio thread. They share a ring of
 * frames, a small ring of {@link org.vsnd.audio.PositionReports} and commands; neither ever waits for the other.
 */
@NullMarked
package org.vsnd.audio;

import org.jspecify.annotations.NullMarked;
