// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

/**
 * The driver of a family of guests, on one machine, and what its user does with it. It goes about everything as the real
 * one does: its own requests in its own order, its own sizes, formats and numbers, also the wrong ones; and it waits as the
 * real one does, with {@link org.vsnd.guest.driver.Bus#await} for as long as the real one would, a busy poll included. One
 * thread.
 *
 * <p>Every method throws {@link GuestTroubleException} where the real driver gives up, or would never go on.
 */
public interface FamilyDriver {
    /** From the firmware to a driver that its system can use: probe, set-up, and what the driver asks at boot. */
    void boot();

    /**
     * A sound from its beginning to its end: opens or starts the stream as the driver does, hands over messages, waits at
     * the end for what the driver waits for, and stops or closes as the driver does. May be called again and again. For a
     * driver whose {@link #stop} waits by itself, that is all.
     *
     * @param sound asked for the frames of each message when the driver fills it
     * @param nanos at least as much sound, in whole messages where the driver sends no others
     */
    default void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        stop();
    }

    /** As {@link #play}, but returns when so much of the sound has been handed over, with the stream running. */
    void begin(SoundToPlay sound, long nanos);

    /** What {@link #begin} has left running is stopped by the user: the driver stops with whatever is pending. */
    void stop();

    /**
     * Records from a start to a stop.
     *
     * @param sound given what the driver hands on to its system
     * @param nanos at least as much
     */
    default void record(SoundRecorded sound, long nanos) {
        throw new GuestTroubleException(false, "the driver does not record");
    }

    /** The driver goes: as when it is unloaded or its system shuts down in good order. Does nothing if it never does. */
    void close();

    /** What it has counted since it was made. */
    DriverCounts counts();

    /** Its memory: what it frees is watched. */
    GuestPages memory();
}
