// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.jspecify.annotations.Nullable;

/**
 * Lets an audio thread wait for a time, for a wake-up and, if its host has a way to tell, for its device.
 * {@link #wake} may be called by any thread, everything else by the audio thread. Waiting allocates nothing.
 *
 * @param <H> the open device
 */
public interface HostWaiter<H> extends AutoCloseable {
    /** Any thread: ends this wait, or else the next one. Neither blocks nor allocates. */
    void wake();

    /** Sets the device that is waited for on request; null if there is none. */
    void watch(@Nullable H host);

    /**
     * Waits.
     *
     * @param untilNanos the latest end of the wait, in terms of {@link System#nanoTime()}
     * @param forHost whether the wait also ends when the device is ready
     */
    void await(long untilNanos, boolean forHost);

    /** Frees its resources. Idempotent; afterwards {@link #wake} does nothing. */
    @Override
    void close();
}
