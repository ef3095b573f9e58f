// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.nio.ByteBuffer;

/** What the media server's mixer plays. Called on the guest's thread. */
@FunctionalInterface
public interface PlaybackSource {
    /** Nothing is connected: buffers stay as they are, silent. */
    PlaybackSource SILENCE = frames -> {};

    /**
     * Fills a buffer from its position to its limit with interleaved little-endian frames.
     *
     * @param frames 16,384 frames of silence
     */
    void fill(ByteBuffer frames);
}
