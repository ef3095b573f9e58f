// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.vsnd.audio.FrameClock;

/**
 * Notices when a host's clock has jumped: a server that stood still may have lost frames and not say so. One position that
 * is off says nothing, some in a row do. One thread; allocates nothing.
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

    /** Whatever comes next is right. */
    void forget() {
        known = false;
    }

    /** Whether this position, and those before it, do not go on from where the clock was. */
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
