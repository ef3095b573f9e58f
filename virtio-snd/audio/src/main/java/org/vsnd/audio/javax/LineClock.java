// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import javax.sound.sampled.DataLine;
import org.vsnd.audio.live.FreshestReport;

/**
 * How far a line is, by its frame position. This moves in steps of the host's chunks, so it is read often, and
 * {@link FreshestReport} finds the fresh positions. Audio thread only; allocates nothing.
 */
final class LineClock {
    /** How often to {@link #look}. */
    static final long ASK_NANOS = FreshestReport.ASK_NANOS;
    /** A line that does not move in steps has a good position each time: this often is enough. */
    private static final long REPORT_NANOS = 20_000_000;

    private final FreshestReport freshest;
    private long frame;
    private long nanos;
    private boolean reported;
    private long reportedNanos;

    LineClock(int rateHz) {
        freshest = new FreshestReport(rateHz);
    }

    /** Starts anew for another line. */
    void opened() {
        freshest.forget();
        reported = false;
    }

    /** The line stood still or ran dry: the next positions do not continue the earlier ones. */
    void restart() {
        freshest.restart();
        reported = false;
    }

    /** Reads the line's position. */
    void look(DataLine line) {
        long beforeNanos = System.nanoTime();
        frame = line.getLongFramePosition();
        nanos = beforeNanos + (System.nanoTime() - beforeNanos) / 2;
    }

    /** Where the line was at the last {@link #look}. */
    long frame() {
        return frame;
    }

    /** When that was. */
    long nanos() {
        return nanos;
    }

    /** Evaluates the position. Returns whether {@link #reportFrame} should be reported now. */
    boolean isDue() {
        if (frame <= 0 || !freshest.add(frame, nanos, frame, 0)) {
            return false;
        }
        if (reported && !freshest.stepping() && freshest.nanos() - reportedNanos < REPORT_NANOS) {
            return false;
        }
        reported = true;
        reportedNanos = freshest.nanos();
        return true;
    }

    /** A position to be believed. */
    long reportFrame() {
        return freshest.frames();
    }

    /** When the line was there. */
    long reportNanos() {
        return freshest.nanos();
    }
}
