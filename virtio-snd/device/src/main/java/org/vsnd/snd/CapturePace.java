package org.vsnd.snd;

import org.jspecify.annotations.Nullable;

/**
 * When a capture stream's frames are due: by the clock of its own source, or by that of a playback stream which it
 * follows. From one to the other it goes on without a jump, and so it does when the clock it follows is placed anew.
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

    /** Goes on from {@code frames} at {@code nanos} by the source's own clock. */
    void start(StreamClock sourceClock, long nanos, long frames) {
        own = sourceClock;
        use(null, nanos, frames);
    }

    /** Follows a clock from now on, or goes by the source's own if there is none. To be called often. */
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

    /** Everything is due so many frames later. */
    void delay(long frames) {
        offsetFrames -= frames;
        seenFrames -= frames;
    }

    /** The frames due at a time. */
    long framesAt(long nanos) {
        return clock().framesAt(nanos) + offsetFrames;
    }

    /** When so many frames are due. */
    long nanosAt(long frames) {
        return clock().nanosAt(frames - offsetFrames);
    }

    /** The rate that is kept. */
    double framesPerNano() {
        return clock().framesPerNano();
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
