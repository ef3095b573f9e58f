// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.vsnd.audio.FrameClock;

/**
 * Notices when a host's clock has jumped: a server that stood still may have lost frames without saying so. A single
 * position that is off proves nothing, several in a row do. One thread; allocates nothing.
 */
final class JumpWatch {
    private static final long WIDEST_NANOS = 20_000_000;
    private static final int POSITIONS = 4;

    private final FrameClock clock;
    private final long widestFrames;
    private boolean known;
    private long frames;
    private long nanos;
    private int off;

    JumpWatch(int rateHz) {
        clock = new FrameClock(rateHz);
        widestFrames = clock.framesIn(WIDEST_NANOS);
    }

    /** Starts anew: the next position is taken as right. */
    void forget() {
        known = false;
    }

    /** Whether this position, and those before it, do not continue the clock. */
    boolean jumped(long atFrames, long atNanos) {
        boolean near = known && Math.abs(atFrames - frames - clock.framesIn(atNanos - nanos)) <= widestFrames;
        off = near || !known ? 0 : off + 1;
        if (off > 0 && off < POSITIONS) {
            return false;
        }
        boolean jump = off > 0;
        known = true;
        frames = atFrames;
        nanos = atNanos;
        off = 0;
        return jump;
    }
}
