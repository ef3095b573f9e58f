// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.jspecify.annotations.Nullable;

/**
 * Where an audio thread waits: for a time, for a wake-up and, if its host has a way to tell, for its device.
 * {@link #wake} may be called by any thread, everything else by the audio thread. Waiting allocates nothing.
 *
 * @param <H> the open device
 */
public interface HostWaiter<H> extends AutoCloseable {
    /** Any thread: ends the wait, the next one if there is none now. Neither blocks nor allocates. */
    void wake();

    /** The device that is waited for when asked to; null if there is none. */
    void watch(@Nullable H host);

    /**
     * Waits.
     *
     * @param untilNanos until then at the latest, as {@link System#nanoTime()} has it
     * @param forHost whether the device being ready ends the wait, too
     */
    void await(long untilNanos, boolean forHost);

    /** Gives up what it needs. Idempotent; {@link #wake} does nothing from then on. */
    @Override
    void close();
}
