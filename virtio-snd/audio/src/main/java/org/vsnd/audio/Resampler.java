// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/**
 * Changes the rate of a stream slightly, by a ratio that varies: captured frames come by one clock and are
 * needed by another. One thread; only opening allocates.
 */
public interface Resampler extends AutoCloseable {
    /** The largest distance of a ratio from 1. */
    double WIDEST_DEVIATION = 0.015;

    /** An output frame is this many frames behind the newest input frame. */
    int delayFrames();

    /**
     * Sets the number of frames taken for each one put out, from the next frame on; on average as exact as the loops
     * that steer it can tell. The output continues without a gap.
     *
     * @param takenPerPut within {@link #WIDEST_DEVIATION} of 1; larger deviations are limited to that
     */
    void setRatio(double takenPerPut);

    /**
     * Takes whole frames from {@code from} and puts whole frames into {@code to}, each from position to limit, until there
     * are none left or there is no room. Both positions move past the frames taken and put.
     *
     * @return frames put
     */
    int process(ByteBuffer from, ByteBuffer to);

    /** Frees the native memory. Idempotent; nothing else may be called afterwards. */
    @Override
    void close();
}
