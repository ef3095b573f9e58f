// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/**
 * Changes the rate of a stream a little, and by as much as is needed just now: captured frames come by one clock and are
 * wanted by another. One thread; no call but opening allocates.
 */
public interface Resampler extends AutoCloseable {
    /** The furthest a ratio may be from 1. */
    double WIDEST_DEVIATION = 0.015;

    /** A frame put out is this many frames behind the newest one taken. */
    int delayFrames();

    /**
     * From the next frame on: so many frames taken for each one put out, on average as exactly as the loops that steer it
     * can tell. What is put out goes on without a seam.
     *
     * @param takenPerPut within {@link #WIDEST_DEVIATION} of 1; what is further off is limited to that
     */
    void setRatio(double takenPerPut);

    /**
     * Takes whole frames from {@code from} and puts whole frames into {@code to}, each from position to limit, until there
     * are none or there is no room. Both positions move past what was taken and put.
     *
     * @return frames put
     */
    int process(ByteBuffer from, ByteBuffer to);

    /** Gives the native memory back. Idempotent; nothing else may be called afterwards. */
    @Override
    void close();
}
