// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.nio.ByteBuffer;

/** Where recorded buffers go. Called on the guest's thread. */
@FunctionalInterface
public interface RecordedSink {
    /** Nobody listens. */
    RecordedSink NONE = frames -> {};

    /**
     * Takes a buffer as the media server hands it on: the first is silence whatever was recorded, then each comes one
     * exchange after it was filled.
     *
     * @param frames 16,384 interleaved little-endian frames, valid until the call returns
     */
    void take(ByteBuffer frames);
}
