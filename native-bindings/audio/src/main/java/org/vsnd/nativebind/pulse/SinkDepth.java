// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.vsnd.audio.FrameClock;

/**
 * The most that a sink holds right after it has rendered: a null sink its block, a pipe the whole pipe, a wireless
 * headset about 150 ms more than it says. Found from a new stream's reports over one block, and from all later ones.
 * What it has not held for seconds no longer counts once it is {@linkplain #settle settled}. Arithmetic only, in
 * frames; one thread.
 */
final class SinkDepth {
    private static final long LEAST_LOOK_NANOS = 2_000_000;
    private static final long LONGEST_OLD_NANOS = 60_000_000;
    private static final long NOT_YET = Long.MAX_VALUE;
    /** It is settled by the most seen in the last one or two spans of this length. */
    private static final long SPAN_NANOS = 2_000_000_000L;
    /** A sink that keeps its own block may hold another one, but hardly more: more than that is from before. */
    private static final int BLOCKS_HELD = 2;
    /** This little more than a block is a block, plus the time that passed while the report was made. */
    private static final int SLACK_SHARE = 8;

    private final FrameClock clock;
    private final long askedFrames;
    private long frames;
    private boolean ownBlock; // the sink renders more at once than it was asked to
    private long fromNanos; // reports from this time on count
    private long leastFrames; // held in any case
    private long spanNanos; // beginning of the current span
    private long spanFrames; // the most in the current span
    private long formerFrames; // the most in the span before

    /** @param askedFrames the block that the sink is asked to render at once */
    SinkDepth(int rateHz, long askedFrames) {
        clock = new FrameClock(rateHz);
        this.askedFrames = askedFrames;
        forget();
    }

    /** Starts anew for another sink or a new stream. */
    void forget() {
        frames = askedFrames;
        ownBlock = false;
        fromNanos = NOT_YET;
        leastFrames = askedFrames;
        spanFrames = Long.MAX_VALUE;
        formerFrames = Long.MAX_VALUE;
    }

    /** The most that it was seen to hold. */
    long frames() {
        return frames;
    }

    /**
     * Looks at a report of a stream that plays silence.
     *
     * @param aheadNanos how much the sink holds
     * @param blockNanos how much it says it renders at once
     * @return whether enough has been seen
     */
    boolean look(long aheadNanos, long blockNanos, long nowNanos) {
        long aheadFrames = clock.framesIn(aheadNanos);
        long blockFrames = clock.framesIn(blockNanos);
        frames = Math.max(frames, blockFrames);
        if (fromNanos == NOT_YET) {
            // a sink that follows requests may still hold a block of the previous request
            ownBlock = blockFrames > askedFrames && aheadFrames <= BLOCKS_HELD * blockFrames;
            fromNanos = ownBlock ? nowNanos : nowNanos + Math.min(aheadNanos, LONGEST_OLD_NANOS);
        }
        if (nowNanos < fromNanos) {
            return false;
        }
        holds(aheadFrames, nowNanos);
        if (ownBlock && aheadFrames > blockFrames + blockFrames / SLACK_SHARE) {
            // it renders when there is room for a block, so this was seen somewhere between two renderings
            holds(BLOCKS_HELD * blockFrames, nowNanos);
        }
        if (ownBlock) {
            leastFrames = Math.min(frames, BLOCKS_HELD * blockFrames);
        }
        return nowNanos - fromNanos > Math.max(blockNanos, LEAST_LOOK_NANOS) + LEAST_LOOK_NANOS;
    }

    /** It was seen to hold this much. */
    void holds(long aheadFrames, long nowNanos) {
        if (spanFrames == Long.MAX_VALUE) {
            spanFrames = 0;
            spanNanos = nowNanos;
        } else if (nowNanos - spanNanos >= SPAN_NANOS) {
            formerFrames = spanFrames;
            spanFrames = 0;
            spanNanos = nowNanos;
        }
        spanFrames = Math.max(spanFrames, aheadFrames);
        frames = Math.max(frames, aheadFrames);
    }

    /** Whether it now holds less than before. */
    boolean canSettle() {
        return frames > lately();
    }

    /** Forgets what it has not held recently. */
    void settle() {
        frames = Math.min(frames, lately());
    }

    private long lately() {
        return Math.max(leastFrames, Math.max(spanFrames, formerFrames));
    }

    /** It holds more than assumed when the latency was granted: adds room for more, so that this happens only once. */
    void deepen(long blockNanos) {
        frames += clock.framesIn(blockNanos) / 2;
    }
}
