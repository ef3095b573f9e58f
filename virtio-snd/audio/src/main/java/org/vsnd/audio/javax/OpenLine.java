// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import javax.sound.sampled.DataLine;

/**
 * A line that was opened.
 *
 * @param layout how it carries frames
 * @param bufferFrames what it holds
 */
record OpenLine<L extends DataLine>(L line, LineLayout layout, int bufferFrames) {}
