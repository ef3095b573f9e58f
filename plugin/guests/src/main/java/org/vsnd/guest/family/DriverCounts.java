// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.vsnd.guest.driver.SndWire;

/** What a driver has seen of its messages. Kept by the driver itself. One thread. */
public final class DriverCounts {
    private static final int NONE = -1;

    private long sent;
    private long back;
    private long refused;
    private long lost;
    private long gaps;
    private long firstLatencyNanos = NONE;
    private long lastLatencyNanos = NONE;

    /** A message was handed over. */
    public void countSent() {
        sent++;
    }

    /**
     * A message came back.
     *
     * @param status the status the driver reads, wherever it looks for it
     * @param latencyNanos the latency reported with it, in time
     */
    public void countBack(int status, long latencyNanos) {
        back++;
        if (status != SndWire.S_OK) {
            refused++;
            return;
        }
        if (firstLatencyNanos == NONE) {
            firstLatencyNanos = latencyNanos;
        }
        lastLatencyNanos = latencyNanos;
    }

    /** The driver takes a message for its own again which never came back. */
    public void countLost() {
        lost++;
    }

    /** The driver knows of a gap in its sound. */
    public void countGap() {
        gaps++;
    }

    /** Messages handed over. */
    public long sent() {
        return sent;
    }

    /** Messages that came back. */
    public long back() {
        return back;
    }

    /** Messages that came back with another status than OK. */
    public long refused() {
        return refused;
    }

    /** Messages that the driver gave up. */
    public long lost() {
        return lost;
    }

    /** Gaps that the driver knows of. */
    public long gaps() {
        return gaps;
    }

    /** The first latency reported, in time; -1: none was. */
    public long firstLatencyNanos() {
        return firstLatencyNanos;
    }

    /** The latency reported last, in time; -1: none was. */
    public long lastLatencyNanos() {
        return lastLatencyNanos;
    }
}
