// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.jspecify.annotations.Nullable;

/**
 * Moves frames between a {@link Playout} or a {@link Recording} and a host's device that is open. Audio thread only;
 * nothing but {@link #begin} and {@link #opened} may allocate.
 *
 * @param <H> the open device
 */
public interface HostSide<H> {
    /** The audio thread begins. */
    default void begin() {}

    /** The device is open, empty and not started. */
    void opened(H host, long nowNanos);

    /**
     * Plays or records: moves what there is to move, and says where the host's clock is.
     *
     * @return why the device is of no use any more; null if it is
     */
    @Nullable
    String run(H host, long nowNanos);

    /**
     * Stands still and keeps what is in the device.
     *
     * @return why the device is of no use any more; null if it is
     */
    @Nullable
    String hold(H host, long nowNanos);

    /** Whether the device has moved frames since it was opened. */
    boolean moves();

    /** After {@link #run} or {@link #hold}: when the next call is due at the latest. */
    long untilNanos();

    /** After {@link #run} or {@link #hold}: whether the device being ready for more makes it due. */
    boolean waitsForHost();
}
