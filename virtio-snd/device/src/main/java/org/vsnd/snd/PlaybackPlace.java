// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.spi.SnapshotException;

/**
 * Where a {@link PlaybackStream} was when a snapshot was taken, in its own words.
 *
 * @param handed messages with the sink
 * @param clock null if it had played nothing since its sink was opened; the rest then says nothing
 */
record PlaybackPlace(
        List<PcmMessage> handed,
        long writtenFrames,
        @Nullable StreamClock clock,
        boolean anchored,
        boolean paused,
        long pausedFrame) {
    /**
     * Reads what {@link PlaybackStream#savePlace} wrote.
     *
     * @param pending messages that the sink has not been given
     */
    static PlaybackPlace load(SavedStream from, List<PcmMessage> pending) throws SnapshotException {
        SnapshotReader in = from.in();
        List<PcmMessage> handed = from.messages();
        long written = from.frames("the frames written");
        for (PcmMessage message : handed) {
            in.require(message.endFrame <= written, "a message ends behind all that was written");
        }
        boolean played = in.bool("played before");
        boolean anchored = played && in.bool("the clock runs");
        boolean paused = played && in.bool("the clock stands");
        in.require(!anchored || from.state() == StreamState.STARTED, "the clock runs in state " + from.state());
        in.require(!paused || from.state() == StreamState.STOPPED, "the clock stands in state " + from.state());
        in.require(handed.isEmpty() || anchored || paused, "messages are with the sink and there is no clock");
        boolean idle = from.state() != StreamState.STARTED || pending.isEmpty();
        in.require(idle || anchored, "messages wait for a clock that does not run");
        if (!played) {
            return new PlaybackPlace(handed, written, null, false, false, 0);
        }
        long pausedFrame = from.place("where the clock stands");
        StreamClock clock = from.clock();
        long fedFrames = paused ? pausedFrame : clock.framesAt(in.nowNanos());
        long mostFrames = StreamParams.BUFFER_BYTES_MAX / from.params().frameBytes()
                + from.params().rateHz();
        in.require(written - fedFrames <= mostFrames, "more was written than a message ahead");
        return new PlaybackPlace(handed, written, clock, anchored, paused, pausedFrame);
    }
}
