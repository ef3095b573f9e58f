// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/**
 * Host playback of one stream. Device thread only; no call waits for the host.
 *
 * <p>Frames written are played in order and without gaps. The sink never decides when a guest's message is done: it
 * plays, and says in {@link #reports()} how far it is.
 */
public interface AudioSink extends AutoCloseable {
    /**
     * The target latency that the host grants, in frames; at least as requested. It may change until {@link #start()}
     * and with a report of kind XRUN or LOST: ask again when positions come after one. It may become less at any time
     * while the stream plays on: the device then lowers its own gradually.
     */
    long targetFrames();

    /**
     * By how many frames beyond the target the next frame written would be late, because frames of the sink before this
     * one, or of this one before it was stopped, are still being played.
     */
    default long heldFrames() {
        return 0;
    }

    /**
     * Hands over frames, from position to limit, and moves the position past those taken.
     *
     * @return frames taken; fewer than given only if the host has stopped taking them (the rest is lost)
     */
    int write(ByteBuffer frames);

    /**
     * The stream had nothing to play for this long. A server's own thread has played silence meanwhile; a file gets
     * silence now, at most a second of it, so that its time is right.
     */
    void gap(long frames);

    /** Starts or continues playing the frames written before and after. */
    void start();

    /** Stops playing; frames not yet played are kept, and play on after {@link #start()}, to the frame. */
    void pause();

    /** End of the stream: plays the frames written, then nothing. */
    void drain();

    /**
     * Frames handed over since it was opened that are not heard, because the guest was too fast for a host with its own
     * clock.
     */
    default long droppedFrames() {
        return 0;
    }

    /**
     * Frames of silence since it was opened that were heard in between, because the guest was too slow for such a host.
     */
    default long silentFrames() {
        return 0;
    }

    /**
     * Whether it is silent only because the card or the process had no room for another stream just then: one that is
     * opened later may be heard.
     */
    default boolean isMakeshift() {
        return false;
    }

    /**
     * Makes the host's own volume of the stream follow this one, and this one follow it.
     *
     * @return whether the host has one; otherwise frames must have their volume when they are written
     */
    default boolean tie(HostVolume volume) {
        return false;
    }

    /** How far the host is; {@link PositionReports#NONE} if the sink goes by the device's clock. */
    PositionReports reports();

    /** Frees the host's resources in the background, after the frames written have been played. Idempotent. */
    @Override
    void close();
}
