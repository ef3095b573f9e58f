// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

/**
 * The differences between playback and recording in the life of a {@link PulseStream}. Main loop's thread only; only
 * {@link #connect} and {@link #ready} allocate.
 */
interface HostSide extends EngineSide {
    /** The server's stream is gone, or stands still on its own. */
    void lost(long nowNanos);

    /** Whether a new stream stands still until it is to run. */
    default boolean startsCorked() {
        return false;
    }

    /**
     * Connects a new stream.
     *
     * @return negative if that failed
     */
    int connect(long stream);

    /** The server's stream is there. */
    void ready(long stream, long nowNanos);

    /** The server moved the stream to another device. */
    void moved(long stream, long nowNanos);

    /** The server ran dry. */
    void xrun(long nowNanos);

    /** The stream was corked or uncorked, as requested. */
    void corked(boolean corked, long nowNanos);

    /** A new report from the server has arrived. */
    void report(TimingInfo timing, long nowNanos);

    /**
     * Moves frames.
     *
     * @return false if the server takes or has no more
     */
    boolean transfer(long stream, long nowNanos);

    /** The latest time for {@link #transfer}. */
    long transferDueNanos();

    /** The time for the next report. */
    long reportDueNanos();
}
