// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.audio.FrameClock;
import org.vsnd.snapshot.SnapshotWriter;

/**
 * How many frames the host has played or captured, as a smooth and monotonic function of time.
 *
 * <p>Without reports from the host the clock runs at the nominal rate, in exact rational arithmetic: it is never off by
 * a frame, however long it runs. With reports it follows the host's own clock by a second-order delay-locked loop (in
 * the manner of F. Adriaensen, "Using a DLL to filter time", 2005): the chunks in which a back end works are filtered
 * out, a difference in rate is learnt, and there is no drift. The estimate is a continuous, rising polygon: a report
 * changes the slope, never the position.
 *
 * <p>Device thread only; allocates nothing. Frames are counted from any origin the caller likes.
 */
final class StreamClock {
    /** How fast the loop follows once settled: in about 1 / LOOP_HZ seconds; faster changes are filtered out. */
    private static final double LOOP_HZ = 0.1;
    /** At first it follows this fast, then more and more slowly, so that a difference in rate is learnt soon. */
    private static final double FIRST_LOOP_HZ = 0.5;
    /** Reports further apart than this say little about the rate in between. */
    private static final double LONGEST_STEP_SECONDS = 1.0;
    /** No sound card is further off than this; a report of more is a route change or an error. */
    private static final double WIDEST_RATE_ERROR = 0.02;
    /** A host that is this far from the clock... */
    private static final double ASTRAY_SECONDS = 0.04;
    /** ...in this many successive reports has jumped: the clock is placed anew. */
    private static final int ASTRAY_REPORTS = 8;

    /** A report further off than this is a fault of the host, for which no guest should wait. */
    private static final double BELIEVABLE_SECONDS = 1.0;

    private static final double NANOS_PER_SECOND = 1e9;

    private final FrameClock nominal;
    private final double nominalFramesPerNano;

    private long anchorNanos;
    private long anchorFrames;
    private double anchorFraction; // frames to add to anchorFrames, 0..1

    private boolean following; // false: nominal, exact
    private double learntFramesPerNano;
    private double slopeFramesPerNano;
    private long lastReportNanos;
    private double followedSeconds; // since the loop was started
    private int astray; // successive reports that were far away
    private int placements;
    private long lastReportFrames;

    /** @param rateHz nominal frames per second */
    StreamClock(int rateHz) {
        nominal = new FrameClock(rateHz);
        nominalFramesPerNano = rateHz / NANOS_PER_SECOND;
        learntFramesPerNano = nominalFramesPerNano;
        slopeFramesPerNano = nominalFramesPerNano;
    }

    /** Frames of the nominal rate in a span of time, rounded down. */
    long framesIn(long nanos) {
        return nominal.framesIn(nanos);
    }

    /** The time that frames take at the nominal rate, rounded up. */
    long nanosOf(long frames) {
        return nominal.nanosOf(frames);
    }

    /**
     * Places the clock: it shows {@code frames} at {@code nanos} and goes on at the learnt rate, or the nominal one,
     * until a report comes.
     */
    void start(long nanos, long frames) {
        placements++;
        anchorNanos = nanos;
        anchorFrames = frames;
        anchorFraction = 0;
        astray = 0;
        lastReportNanos = nanos;
        lastReportFrames = Long.MIN_VALUE;
        slopeFramesPerNano = learntFramesPerNano;
    }

    /** Counts from an origin that is this much earlier: it shows more, and runs as before. */
    void advance(long frames) {
        anchorFrames += frames;
        if (lastReportFrames != Long.MIN_VALUE) {
            lastReportFrames += frames;
        }
    }

    /** How often the clock has been placed: between two calls with the same answer it has shown no jump. */
    int placements() {
        return placements;
    }

    /** The host's rate, as far as known. */
    double framesPerNano() {
        return learntFramesPerNano;
    }

    /** The frames shown at a time, rounded down. Times before {@link #start} show fewer than were given there. */
    long framesAt(long nanos) {
        if (!following) {
            return anchorFrames + nominal.framesIn(nanos - anchorNanos);
        }
        return anchorFrames + (long) Math.floor(anchorFraction + (nanos - anchorNanos) * slopeFramesPerNano);
    }

    /** The earliest time at which {@link #framesAt} shows at least {@code frames}, as far as known now. */
    long nanosAt(long frames) {
        if (!following) {
            return anchorNanos + nominal.nanosOf(frames - anchorFrames);
        }
        return anchorNanos + (long) Math.ceil((frames - anchorFrames - anchorFraction) / slopeFramesPerNano);
    }

    /**
     * The host reports that it was at {@code frames} at {@code nanos}. Reports older than {@link #start} or than the
     * one before are ignored, as are those of a host that stands still or that {@linkplain #believes cannot be
     * believed}: the clock goes on without them.
     */
    void report(long frames, long nanos) {
        long stepNanos = nanos - lastReportNanos;
        if (stepNanos <= 0 || frames <= lastReportFrames || !believes(frames, nanos)) {
            return;
        }
        lastReportFrames = frames;
        if (!following) {
            follow(nanos);
            return;
        }
        double stepSeconds = Math.min(stepNanos / NANOS_PER_SECOND, LONGEST_STEP_SECONDS);
        double shown = anchorFraction + (nanos - anchorNanos) * slopeFramesPerNano;
        double errorFrames = (frames - anchorFrames) - shown;
        if (Math.abs(errorFrames) > ASTRAY_SECONDS * nominal.rateHz()) {
            astray++;
            if (astray == ASTRAY_REPORTS) {
                start(nanos, frames);
                return;
            }
        } else {
            astray = 0;
        }
        long whole = (long) Math.floor(shown);
        anchorFrames += whole;
        anchorFraction = shown - whole;
        anchorNanos = nanos;
        lastReportNanos = nanos;
        followedSeconds += stepSeconds;

        double loopHz = Math.max(LOOP_HZ, Math.min(FIRST_LOOP_HZ, 1 / followedSeconds));
        double omega = 2 * Math.PI * loopHz * stepSeconds;
        double perStep = errorFrames / (stepSeconds * NANOS_PER_SECOND);
        learntFramesPerNano = near(learntFramesPerNano + omega * omega * perStep);
        slopeFramesPerNano = near(learntFramesPerNano + Math.sqrt(2) * omega * perStep);
    }

    /** Whether a report is near enough to the clock to be true. */
    boolean believes(long frames, long nanos) {
        return Math.abs(ahead(frames, nanos)) <= BELIEVABLE_SECONDS * nominal.rateHz();
    }

    /** By how many frames the host is ahead of the clock according to a report. */
    long ahead(long frames, long nanos) {
        return frames - framesAt(nanos);
    }

    /** The host's audio is gone: the clock goes on at the nominal rate from where it is, until the next report. */
    void lost(long nanos) {
        long frames = framesAt(nanos);
        following = false;
        learntFramesPerNano = nominalFramesPerNano;
        start(nanos, frames);
    }

    /** The first report: the clock stays where it is, and the loop is started. */
    private void follow(long nanos) {
        long whole = nominal.framesIn(nanos - anchorNanos);
        anchorFraction = Math.max(0, (nanos - anchorNanos - nominal.nanosOf(whole)) * nominalFramesPerNano);
        anchorFrames += whole;
        anchorNanos = nanos;
        lastReportNanos = nanos;
        following = true;
        followedSeconds = 0;
    }

    /** Writes a place that it passes. Exact without reports; a learnt rate is not kept, as after {@link #lost}. */
    void save(SnapshotWriter out) {
        if (following) {
            out.nanos(out.nowNanos()).i64(framesAt(out.nowNanos()));
        } else {
            out.nanos(anchorNanos).i64(anchorFrames);
        }
    }

    private double near(double framesPerNano) {
        double low = nominalFramesPerNano * (1 - WIDEST_RATE_ERROR);
        double high = nominalFramesPerNano * (1 + WIDEST_RATE_ERROR);
        return Math.max(low, Math.min(high, framesPerNano));
    }
}
