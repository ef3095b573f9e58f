// SPDX-License-Identifier: Apache-2.0
/**
 * Frames in memory: rings that hand them from one thread to another, and the way from one sample format to another. What
 * back ends are made of; the device sees none of it.
 */
@NullMarked
package org.vsnd.audio.frames;

import org.jspecify.annotations.NullMarked;
