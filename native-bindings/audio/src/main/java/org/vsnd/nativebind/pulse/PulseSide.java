// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

/**
 * What differs between playing and recording in the life of a {@link PulseStream}. Main loop's thread only; nothing but
 * {@link #connect} and {@link #ready} allocates.
 */
interface PulseSide extends EngineSide {
    /** The server's stream is gone, or stands still by itself. */
    void lost(long nowNanos);

    /** Whether a new stream stands still until it is wanted to run. */
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

    /** The stream was stopped or let go on, as wanted. */
    void corked(boolean corked, long nowNanos);

    /** A fresh report of the server's. */
    void report(TimingInfo timing, long nowNanos);

    /**
     * Moves frames.
     *
     * @return false if the server takes or gives no more
     */
    boolean transfer(long stream, long nowNanos);

    /** When {@link #transfer} is due at the latest. */
    long transferDueNanos();

    /** When the next report is wanted. */
    long reportDueNanos();
}
