// SPDX-License-Identifier: Apache-2.0
/**
 * What the back ends of live host audio share: an audio thread for each stream, how a host's device is opened and opened
 * again, and what lies between the device thread and the audio thread.
 */
@NullMarked
package org.vsnd.audio.live;

import org.jspecify.annotations.NullMarked;
