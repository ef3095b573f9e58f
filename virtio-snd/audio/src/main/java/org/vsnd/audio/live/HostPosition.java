// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import org.vsnd.audio.FrameClock;

/**
 * The newest place of a host's clock, written by one thread and read by another without locks: three numbers and a
 * count that is odd while they change. Allocates nothing.
 */
final class HostPosition {
    private volatile int version;
    private volatile long frames;
    private volatile long nanos;
    private volatile long epoch = -1;

    /** Writer: the host was at {@code atFrames} at {@code atNanos}, as counted in {@code atEpoch}, 0 or more. */
    void set(long atEpoch, long atFrames, long atNanos) {
        int before = version;
        version = before + 1;
        epoch = atEpoch;
        frames = atFrames;
        nanos = atNanos;
        version = before + 2;
    }

    /** Reader: the frames at a time, at the nominal rate from the newest place; {@code absent} if that is of another epoch. */
    long framesAt(long atNanos, long ofEpoch, FrameClock clock, long absent) {
        while (true) {
            int before = version;
            long seenEpoch = epoch;
            long seenFrames = frames;
            long seenNanos = nanos;
            if ((before & 1) == 0 && before == version) {
                return seenEpoch == ofEpoch ? seenFrames + clock.framesIn(atNanos - seenNanos) : absent;
            }
            Thread.onSpinWait(); // the writer needs a few nanoseconds
        }
    }
}
