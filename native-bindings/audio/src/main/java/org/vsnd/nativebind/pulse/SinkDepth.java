// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.vsnd.audio.FrameClock;

/**
 * The most that a sink holds right after it has rendered: a null sink its block, a pipe the whole pipe, a wireless headset
 * some 150 ms more than it says. Found by looking at a new stream's reports over one block, and by all later ones; what
 * it has not held for seconds counts no more once it is {@linkplain #settle settled}. Arithmetic only, in frames; one
 * thread.
 */
final class SinkDepth {
    private static final long LEAST_LOOK_NANOS = 2_000_000;
    private static final long LONGEST_OLD_NANOS = 60_000_000;
    private static final long NOT_YET = Long.MAX_VALUE;
    /** It is settled by what was seen in the last one or two spans of this. */
    private static final long SPAN_NANOS = 2_000_000_000L;
    /** A sink that keeps its own block may hold another one, but hardly more: that is from before. */
    private static final int BLOCKS_HELD = 2;
    /** So little more than a block is a block, and what time went by while the report was made. */
    private static final int SLACK_SHARE = 8;

    private final FrameClock clock;
    private final long askedFrames;
    private long frames;
    private boolean ownBlock; // the sink renders more at once than it was asked to
    private long fromNanos; // since when what it holds counts
    private long leastFrames; // what it holds by its nature
    private long spanNanos; // when the span began that is being seen
    private long spanFrames; // the most in it
    private long formerFrames; // the most in the one before

    /** @param askedFrames what the sink is asked to render at once */
    SinkDepth(int rateHz, long askedFrames) {
        clock = new FrameClock(rateHz);
        this.askedFrames = askedFrames;
        forget();
    }

    /** It is another sink, or a new stream. */
    void forget() {
        frames = askedFrames;
        ownBlock = false;
        fromNanos = NOT_YET;
        leastFrames = askedFrames;
        spanFrames = Long.MAX_VALUE;
        formerFrames = Long.MAX_VALUE;
    }

    /** The most it was seen to hold. */
    long frames() {
        return frames;
    }

    /**
     * Looks at a report of a stream that plays silence.
     *
     * @param aheadNanos what the sink holds
     * @param blockNanos what it says that it renders at once
     * @return whether that was long enough
     */
    boolean look(long aheadNanos, long blockNanos, long nowNanos) {
        long aheadFrames = clock.framesIn(aheadNanos);
        long blockFrames = clock.framesIn(blockNanos);
        frames = Math.max(frames, blockFrames);
        if (fromNanos == NOT_YET) {
            // one that does as it was asked may still hold what it was asked for before
            ownBlock = blockFrames > askedFrames && aheadFrames <= BLOCKS_HELD * blockFrames;
            fromNanos = ownBlock ? nowNanos : nowNanos + Math.min(aheadNanos, LONGEST_OLD_NANOS);
        }
        if (nowNanos < fromNanos) {
            return false;
        }
        holds(aheadFrames, nowNanos);
        if (ownBlock && aheadFrames > blockFrames + blockFrames / SLACK_SHARE) {
            // it renders when there is room for a block: it was seen somewhere between two renderings
            holds(BLOCKS_HELD * blockFrames, nowNanos);
        }
        if (ownBlock) {
            leastFrames = Math.min(frames, BLOCKS_HELD * blockFrames);
        }
        return nowNanos - fromNanos > Math.max(blockNanos, LEAST_LOOK_NANOS) + LEAST_LOOK_NANOS;
    }

    /** It was seen to hold so much. */
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

    /** Whether it holds less than it once did. */
    boolean canSettle() {
        return frames > lately();
    }

    /** Forgets what it has not held lately. */
    void settle() {
        frames = Math.min(frames, lately());
    }

    private long lately() {
        return Math.max(leastFrames, Math.max(spanFrames, formerFrames));
    }

    /** It holds more than was thought when the latency was granted: room for more, once, not again and again. */
    void deepen(long blockNanos) {
        frames += clock.framesIn(blockNanos) / 2;
    }
}
