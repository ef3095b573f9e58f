// SPDX-License-Identifier: Apache-2.0
/**
 * What the back ends of live host audio share: an audio thread for each stream, how a host's device is opened and opened
 * again, and what lies between the device thread and the audio thread.
 *
 * <p>Names tell the thread, here and in the back ends. A <em>Sink</em> or a <em>Source</em> is held by the device thread. A
 * <em>Playback</em> or a <em>Capture</em> moves frames on the host's audio thread, and what begins with <em>Host</em> is
 * that thread and what it needs. Where both meet, in {@link org.vsnd.audio.live.LiveStream} and what extends it, each method
 * is the audio thread's unless it says otherwise.
 */
@NullMarked
package org.vsnd.audio.live;

import org.jspecify.annotations.NullMarked;
