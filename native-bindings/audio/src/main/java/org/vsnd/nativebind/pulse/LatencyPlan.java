// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;

/**
 * How the latency of a playback stream is divided. A sink renders a block ahead, all at once, when it has used up the
 * previous one: the whole block must be in the server's queue by then. So the frames ahead of the ear must never be
 * fewer than the most that the sink holds right after rendering, plus a margin for lateness of our thread and the
 * server's. The rest of the target is the margin for the device. Arithmetic only, in frames; one thread.
 */
final class LatencyPlan {
    private static final long LEAST_MARGIN_NANOS = 1_500_000;
    private static final long MOST_MARGIN_NANOS = 5_000_000;
    private static final long WIDEST_MARGIN_NANOS = 25_000_000;
    private static final int MARGIN_SHARE = 8; // of the target
    private static final int NARROW_SHARE = 2; // of the margin
    /** If the target had to be raised, the device may be late by no more than this. */
    private static final long MOST_DEVICE_NANOS = 10_000_000;

    private static final long MINREQ_NANOS = 1_000_000;

    private final FrameClock clock;
    private final long targetFrames;
    private final long blockFrames;
    private final long leastMarginFrames;
    private long marginFrames;

    LatencyPlan(PcmParams params) {
        clock = new FrameClock(params.rateHz());
        targetFrames = Math.max(1, params.targetFrames());
        long margin = clock.nanosOf(targetFrames) / MARGIN_SHARE;
        leastMarginFrames =
                Math.max(1, clock.framesIn(Math.max(LEAST_MARGIN_NANOS, Math.min(MOST_MARGIN_NANOS, margin))));
        marginFrames = leastMarginFrames;
        blockFrames = Math.max(1, (targetFrames - marginFrames) / 2);
    }

    /**
     * Block that the sink is asked to render at once: half of what the margin leaves; the device has the other half.
     */
    long blockFrames() {
        return blockFrames;
    }

    /** The server's smallest request; we do not wait for its requests. */
    long minreqFrames() {
        return Math.max(1, clock.framesIn(MINREQ_NANOS));
    }

    /** Target length: the server uses half of what exceeds two smallest requests for the sink's block. */
    long tlengthFrames() {
        return 2 * blockFrames() + 2 * minreqFrames();
    }

    /** The server ran dry again unexpectedly: threads here are later than assumed. */
    void widenMargin() {
        marginFrames = Math.min(marginFrames + marginFrames / 2 + 1, clock.framesIn(WIDEST_MARGIN_NANOS));
    }

    /** Whether trouble has widened the margin. */
    boolean isWide() {
        return marginFrames > leastMarginFrames;
    }

    /** The server has not run dry for some time: undoes one {@link #widenMargin}. */
    void narrowMargin() {
        marginFrames = Math.max(leastMarginFrames, marginFrames - marginFrames / NARROW_SHARE);
    }

    /** By how much a thread may be late. */
    long marginFrames() {
        return marginFrames;
    }

    /**
     * Fewest frames ahead of the ear.
     *
     * @param sinkFrames the most the sink holds right after rendering
     */
    long lowFrames(long sinkFrames) {
        return sinkFrames + marginFrames;
    }

    /** The whole latency that is granted: as requested, or more if the sink's part leaves the device no time. */
    long grantedFrames(long sinkFrames) {
        long deviceFrames = Math.max(marginFrames, Math.min(blockFrames, clock.framesIn(MOST_DEVICE_NANOS)));
        return Math.max(targetFrames, lowFrames(sinkFrames) + deviceFrames);
    }
}
