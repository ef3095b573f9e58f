// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/**
 * Host playback of one stream. Device thread only; no call waits for the host.
 *
 * <p>Frames written are played in order and without a seam. The sink never decides when a guest's message is done: it
 * plays, and says in {@link #reports()} how far it is.
 */
public interface AudioSink extends AutoCloseable {
    /**
     * The target latency the host grants, in frames; at least what was asked for. It may change until {@link #start()} and
     * with a report of kind XRUN or LOST: ask again when positions come after one. It may become less at any time, and the
     * stream then plays on: the device comes down to it in its own time.
     */
    long targetFrames();

    /**
     * By how many frames more than the target the next frame written would be heard later: what the sink before this one
     * was given is still being played, or what this one was given before it was stopped.
     */
    default long heldFrames() {
        return 0;
    }

    /**
     * Hands over frames, from position to limit, and moves the position past those taken.
     *
     * @return frames taken; fewer than given only if the host has stopped taking them (they are lost)
     */
    int write(ByteBuffer frames);

    /**
     * The stream had nothing to play for this long. A server's own thread has played silence meanwhile; a file gets
     * silence now, so that its time is true (at most a second of it).
     */
    void gap(long frames);

    /** Starts or continues playing what has been and will be written. */
    void start();

    /** Stops playing; what has been written is kept and plays on after {@link #start()}, to the frame. */
    void pause();

    /** End of the stream: plays what has been written, then nothing. */
    void drain();

    /** Frames handed over since it was opened that nobody hears, because the guest was too fast for a host with a clock of its own. */
    default long droppedFrames() {
        return 0;
    }

    /** Frames of silence since it was opened that were heard in the middle, because the guest was too slow for such a host. */
    default long silentFrames() {
        return 0;
    }

    /**
     * Whether it is silence only because there was no room just now for another stream, of the card or the process: one that is
     * opened later may be heard.
     */
    default boolean isMakeshift() {
        return false;
    }

    /** How far the host is; {@link PositionReports#NONE} if the sink goes by the device's clock. */
    PositionReports reports();

    /** Gives the host's resources back after what has been written was played, behind the caller's back. Idempotent. */
    @Override
    void close();
}
