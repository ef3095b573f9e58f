// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import javax.sound.sampled.DataLine;

/**
 * An open line.
 *
 * @param layout how it carries frames
 * @param bufferFrames size of its buffer
 */
record OpenLine<L extends DataLine>(L line, LineLayout layout, int bufferFrames) {}
