// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/** Host recording of one stream. Device thread only; no call waits for the host. */
public interface AudioSource extends AutoCloseable {
    /** Frames between the microphone and {@link #read}, as the host grants it. */
    long latencyFrames();

    /** Starts or continues recording: no earlier sound is recorded. */
    void start();

    /** Stops recording; frames not read are kept. */
    void pause();

    /**
     * Takes whole frames, from position to limit of {@code dst}, and moves the position past those put there.
     *
     * @param dueFrames the number of frames, neither read nor dropped, that are due by the device's clock now; those
     *     asked for are the oldest of them. A live source finds its place by it; others may ignore it
     * @return frames put; the caller fills the rest with silence
     */
    int read(ByteBuffer dst, long dueFrames);

    /**
     * Drops the oldest frames that were neither read nor dropped: the driver came too late for them. Called before the
     * first {@link #start}, it means that the source takes over from another one, which has given that many.
     *
     * @param dueFrames as for {@link #read}, including those that are dropped
     */
    void skip(long frames, long dueFrames);

    /**
     * Frames by which the recording has been later than necessary for a while. Each is returned once: from now on
     * {@link #latencyFrames} is less and {@link #reports} are more by that many, and the caller reads that many frames
     * sooner, as soon as this is not heard.
     */
    default long takeSpareFrames() {
        return 0;
    }

    /**
     * Recorded frames since it was opened that were never read, because the guest was too slow for a host with its own
     * clock.
     */
    default long droppedFrames() {
        return 0;
    }

    /** Frames of silence since it was opened that were read instead, because the guest was too fast for such a host. */
    default long silentFrames() {
        return 0;
    }

    /** As {@link AudioSink#isMakeshift}. */
    default boolean isMakeshift() {
        return false;
    }

    /** Whether it records from whatever is chosen, by the choice with which it was opened, as soon as that changes. */
    default boolean followsChoice() {
        return false;
    }

    /** As {@link AudioSink#tie}. */
    default boolean tie(HostVolume volume) {
        return false;
    }

    /**
     * How far the host is, in frames that can be read: those captured, less {@link #latencyFrames}. {@link
     * PositionReports#NONE} if the source goes by the device's clock.
     */
    PositionReports reports();

    /** Frees the host's resources. Idempotent. */
    @Override
    void close();
}
