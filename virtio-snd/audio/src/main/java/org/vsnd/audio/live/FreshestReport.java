// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.vsnd.audio.FrameClock;

/**
 * Distinguishes fresh positions of a host from stale ones. PulseAudio computes its numbers when it is asked, so that
 * all reports are equally good. PipeWire, and a pipe that is read in chunks, have numbers that move in steps: between
 * two steps they are too low. Such a server is recognised by saying the same twice; from then on the report that is
 * furthest ahead in each {@link #WINDOW_NANOS} is the one made right after a step, and only that one counts. One
 * thread; allocates nothing.
 */
public final class FreshestReport {
    /** Time from one report to the next. */
    public static final long WINDOW_NANOS = 200_000_000;
    /** How often a server that moves in steps is asked: not a multiple of any usual step. */
    public static final long ASK_NANOS = 4_700_000;

    private final FrameClock clock;
    private long lastFrames;
    private long lastOffsetNanos;
    private boolean stepping;
    private long windowNanos;
    private boolean any;
    private long reportFrames;
    private long reportNanos;
    private long bestFrames; // of this window
    private long bestNanos;

    /** For positions counted at this rate. */
    public FreshestReport(int rateHz) {
        clock = new FrameClock(rateHz);
    }

    /** Starts anew. */
    public void restart() {
        any = false;
    }

    /** Starts anew for another device. */
    public void forget() {
        any = false;
        stepping = false;
    }

    /** Whether the server's numbers move in steps: it must then be asked often. */
    public boolean stepping() {
        return stepping;
    }

    /**
     * Takes a report.
     *
     * @param frames played or recorded at {@code nanos}
     * @param indexFrames the server's own count
     * @param offsetNanos what it says lies between that count and the ear; if both are as before, the report is stale
     * @return whether {@link #frames} and {@link #nanos} should be reported now
     */
    public boolean add(long frames, long nanos, long indexFrames, long offsetNanos) {
        if (any && indexFrames == lastFrames && offsetNanos == lastOffsetNanos) {
            stepping = true;
        }
        lastFrames = indexFrames;
        lastOffsetNanos = offsetNanos;
        boolean over = !any || !stepping || nanos - windowNanos >= WINDOW_NANOS;
        if (over && any && stepping) {
            reportFrames = bestFrames;
            reportNanos = bestNanos;
        } else if (over) {
            reportFrames = frames;
            reportNanos = nanos;
        }
        if (over || ahead(frames, nanos)) {
            bestFrames = frames;
            bestNanos = nanos;
        }
        if (over) {
            windowNanos = nanos;
        }
        any = true;
        return over;
    }

    private boolean ahead(long frames, long nanos) {
        return clock.nanosOf(frames - bestFrames) > nanos - bestNanos;
    }

    /** The frames to report. */
    public long frames() {
        return reportFrames;
    }

    /** The time to report. */
    public long nanos() {
        return reportNanos;
    }
}
