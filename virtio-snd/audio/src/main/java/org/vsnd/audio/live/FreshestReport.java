// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.vsnd.audio.FrameClock;

/**
 * Tells fresh positions of a host from stale ones. PulseAudio works its numbers out when it is asked, so that each report is as good
 * as any other. PipeWire, and a pipe that is read in chunks, have numbers that move in steps: asked between two steps,
 * they say too little. Such a server shows itself by saying the same twice; from then on the report that is furthest
 * ahead in each {@link #WINDOW_NANOS} is the one made right after a step, and only that one counts. One thread; allocates
 * nothing.
 */
public final class FreshestReport {
    /** So long after one report comes the next. */
    public static final long WINDOW_NANOS = 200_000_000;
    /** How often a server that moves in steps is asked: not in step with any usual size of its steps. */
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

    /** Of positions counted at this rate. */
    public FreshestReport(int rateHz) {
        clock = new FrameClock(rateHz);
    }

    /** Positions begin anew. */
    public void restart() {
        any = false;
    }

    /** It is another device now. */
    public void forget() {
        any = false;
        stepping = false;
    }

    /** Whether the server's numbers move in steps: it is then to be asked often. */
    public boolean stepping() {
        return stepping;
    }

    /**
     * Takes a report.
     *
     * @param frames played or recorded at {@code nanos}
     * @param indexFrames the server's own count, and
     * @param offsetNanos what it says lies between that and the ear: both the same as before means stale
     * @return whether {@link #frames} and {@link #nanos} are to be reported now
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

    /** What to report. */
    public long frames() {
        return reportFrames;
    }

    /** When that was so. */
    public long nanos() {
        return reportNanos;
    }
}
