// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.jspecify.annotations.Nullable;

/**
 * Moves frames between a {@link LivePlayback} or a {@link LiveCapture} and a host's device that is open. Audio thread only;
 * only {@link #begin} and {@link #opened} may allocate.
 *
 * @param <H> the open device
 */
public interface HostSide<H> {
    /** The audio thread starts. */
    default void begin() {}

    /** The device is open, empty and not started. */
    void opened(H host, long nowNanos);

    /**
     * Plays or records: moves the frames that can be moved, and reports the host's clock.
     *
     * @return why the device can no longer be used, or null
     */
    @Nullable
    String run(H host, long nowNanos);

    /**
     * Pauses and keeps what is in the device.
     *
     * @return why the device can no longer be used, or null
     */
    @Nullable
    String hold(H host, long nowNanos);

    /** Whether the device has moved frames since it was opened. */
    boolean moves();

    /** After {@link #run} or {@link #hold}: the latest time for the next call. */
    long untilNanos();

    /** After {@link #run} or {@link #hold}: whether the next call is also due when the device is ready. */
    boolean waitsForHost();
}
