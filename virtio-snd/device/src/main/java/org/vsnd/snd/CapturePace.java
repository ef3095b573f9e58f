// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * When a capture stream's frames are due: by the clock of its own source, or by that of a playback stream that it
 * follows. It changes from one to the other without a jump, also when the clock it follows is placed anew.
 *
 * <p>Places are counted in frames for the driver since START. Device thread only; allocates nothing.
 */
final class CapturePace {
    private StreamClock own = new StreamClock(48000);
    private @Nullable StreamClock leader; // null: by the source's own
    private long offsetFrames; // what the clock shows and this add up to the place
    private int placements; // of the leader, as of the offset
    private long seenNanos;
    private long seenFrames;

    /** Continues from {@code frames} at {@code nanos} by the source's own clock. */
    void start(StreamClock sourceClock, long nanos, long frames) {
        own = sourceClock;
        use(null, nanos, frames);
    }

    /** Follows a clock from now on, or the source's own if there is none. Must be called often. */
    void follow(@Nullable StreamClock clock, long nowNanos) {
        StreamClock before = leader;
        if (before != null && before.placements() != placements) {
            use(clock, nowNanos, seenFrames + Math.round((nowNanos - seenNanos) * before.framesPerNano()));
        } else if (clock != before) {
            use(clock, nowNanos, framesAt(nowNanos));
        }
        seenNanos = nowNanos;
        seenFrames = framesAt(nowNanos);
    }

    boolean following() {
        return leader != null;
    }

    /** Makes everything due this many frames later. */
    void delay(long frames) {
        offsetFrames -= frames;
        seenFrames -= frames;
    }

    /** The frames due at a time. */
    long framesAt(long nanos) {
        return clock().framesAt(nanos) + offsetFrames;
    }

    /** When this many frames are due. */
    long nanosAt(long frames) {
        return clock().nanosAt(frames - offsetFrames);
    }

    /** The rate that is kept. */
    double framesPerNano() {
        return clock().framesPerNano();
    }

    /**
     * Writes its place and which clock it follows: that of a stream, or one that no stream uses any more.
     *
     * @param streams of which one may use that clock
     */
    void save(SnapshotWriter out, DeviceStreams streams) {
        StreamClock followed = leader;
        out.i64(offsetFrames).nanos(seenNanos).i64(seenFrames).bool(followed != null);
        if (followed != null) {
            out.i32(streams.idOf(followed)).bool(followed.placements() != placements);
            followed.save(out);
        }
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param sourceClock the source's own, as saved
     * @param takenFrames frames that the driver has been given, and will not be given again
     * @param streams the streams in their state when the result is run
     * @return restores the pace
     */
    Runnable load(SavedStream from, StreamClock sourceClock, long takenFrames, DeviceStreams streams)
            throws SnapshotException {
        SnapshotReader in = from.in();
        long nowNanos = in.nowNanos();
        long offset = in.i64("the pace's offset", -2 * from.mostFrames(), 2 * from.mostFrames());
        long seenAt = in.past("when the pace was seen");
        long seen = from.place("where the pace was seen");
        boolean follows = in.bool("the pace follows a clock");
        int stream = follows ? in.i32("the stream followed", -1, Integer.MAX_VALUE) : -1;
        boolean moved = follows && in.bool("the clock was placed anew");
        StreamClock followed = follows ? from.clock() : sourceClock;
        long dueFrames = moved
                ? seen + Math.round((nowNanos - seenAt) * followed.framesPerNano())
                : followed.framesAt(nowNanos) + offset;
        in.require(takenFrames - dueFrames <= from.params().rateHz(), "more was recorded than is due");
        return () -> {
            StreamClock current = stream < 0 ? null : streams.clockOf(stream);
            StreamClock clock = current == null ? followed : current;
            own = sourceClock;
            leader = follows ? clock : null;
            placements = moved ? clock.placements() - 1 : clock.placements();
            offsetFrames = offset + followed.framesAt(nowNanos) - clock.framesAt(nowNanos);
            seenNanos = seenAt;
            seenFrames = seen;
        };
    }

    private StreamClock clock() {
        StreamClock followed = leader;
        return followed == null ? own : followed;
    }

    private void use(@Nullable StreamClock clock, long nanos, long frames) {
        leader = clock;
        placements = clock().placements();
        offsetFrames = frames - clock().framesAt(nanos);
        seenNanos = nanos;
        seenFrames = frames;
    }
}
