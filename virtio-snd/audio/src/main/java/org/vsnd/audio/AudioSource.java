// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/** Host recording of one stream. Device thread only; no call waits for the host. */
public interface AudioSource extends AutoCloseable {
    /** Frames between the air and {@link #read}, as the host grants it. */
    long latencyFrames();

    /** Starts or continues recording: nothing of what was in the air before is recorded. */
    void start();

    /** Stops recording; frames not read are kept. */
    void pause();

    /**
     * Takes whole frames, from position to limit of {@code dst}, and moves the position past those put there.
     *
     * @param dueFrames so many frames, of those that were neither read nor dropped, are due by the device's clock now; those
     *     asked for are the oldest of them. A live source finds its place by it; others need not look
     * @return frames put; the caller fills the rest with silence
     */
    int read(ByteBuffer dst, long dueFrames);

    /**
     * Drops the oldest frames that were neither read nor dropped: the driver came too late for them. Before the first
     * {@link #start}: the source takes over from another one, which has given so many.
     *
     * @param dueFrames as for {@link #read}, with those that are dropped
     */
    void skip(long frames, long dueFrames);

    /**
     * Frames by which what is read had become older than it need be, as a while has shown. Each is told once: from now on
     * {@link #latencyFrames} is less and {@link #reports} are more by so many, and the caller reads so many frames sooner, as
     * soon as that is not heard.
     */
    default long takeSpareFrames() {
        return 0;
    }

    /** Recorded frames since it was opened that were never read, because the guest was too slow for a host with a clock of its own. */
    default long droppedFrames() {
        return 0;
    }

    /** Frames of silence since it was opened that were read in their place, because the guest was too fast for such a host. */
    default long silentFrames() {
        return 0;
    }

    /** As {@link AudioSink#isMakeshift}. */
    default boolean isMakeshift() {
        return false;
    }

    /**
     * How far the host is, in frames that can be read: those in the air, less {@link #latencyFrames}. {@link
     * PositionReports#NONE} if the source goes by the device's clock.
     */
    PositionReports reports();

    /** Gives the host's resources back. Idempotent. */
    @Override
    void close();
}
