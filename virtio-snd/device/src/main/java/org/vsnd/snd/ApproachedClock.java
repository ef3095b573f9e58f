// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.snapshot.SnapshotWriter;

/**
 * A {@link StreamClock} as it is shown to the guest. When that clock is placed anew, a guest that waits for its next
 * message must not wait for the whole difference: Linux gives up after 1.1 times its buffer, or 100 ms. So the shown
 * clock goes to the new place at half the rate, or at twice the rate if it has to catch up, without a jump. Device
 * thread only; allocates nothing.
 */
final class ApproachedClock {
    private final StreamClock clock;
    private boolean approaching;
    private long fromNanos;
    private long fromFrames;
    private double framesPerNano;
    private long untilNanos;
    private long untilFrames;

    ApproachedClock(StreamClock clock) {
        this.clock = clock;
    }

    /** Places the clock and the shown clock with it: {@link StreamClock#start}. */
    void start(long nanos, long frames) {
        approaching = false;
        clock.start(nanos, frames);
    }

    /** Places the clock; the shown clock approaches it from where it is now. */
    void place(long nanos, long frames, long nowNanos) {
        long shown = framesAt(nowNanos);
        clock.start(nanos, frames);
        long behind = shown - clock.framesAt(nowNanos); // by how much the host is behind the shown clock
        double usual = clock.framesPerNano();
        approaching = behind != 0;
        fromNanos = nowNanos;
        fromFrames = shown;
        framesPerNano = behind > 0 ? usual / 2 : usual * 2;
        untilNanos = nowNanos + (long) (behind > 0 ? 2 * behind / usual : -behind / usual);
        untilFrames = clock.framesAt(untilNanos);
    }

    /** {@link StreamClock#lost}: the shown clock goes on from where it is. */
    void lost(long nanos) {
        long shown = framesAt(nanos);
        clock.lost(nanos);
        start(nanos, shown);
    }

    /** {@link StreamClock#framesAt} of the shown clock. */
    long framesAt(long nanos) {
        if (!approaching || nanos >= untilNanos) {
            return clock.framesAt(nanos);
        }
        return fromFrames + (long) Math.floor((nanos - fromNanos) * framesPerNano);
    }

    /** {@link StreamClock#nanosAt} of the shown clock. */
    long nanosAt(long frames) {
        if (!approaching || frames >= untilFrames) {
            return clock.nanosAt(frames);
        }
        return fromNanos + (long) Math.ceil((frames - fromFrames) / framesPerNano);
    }

    /** As {@link StreamClock#save}, for the shown clock. */
    void save(SnapshotWriter out) {
        if (approaching && out.nowNanos() < untilNanos) {
            out.nanos(out.nowNanos()).i64(framesAt(out.nowNanos()));
        } else {
            clock.save(out);
        }
    }
}
