// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import javax.sound.sampled.DataLine;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.live.HostSide;

/**
 * The common part of playing into a line and recording from one: starting, frequent looks, stopping. Audio thread only.
 */
abstract class JavaxSide<L extends DataLine> implements HostSide<OpenLine<L>> {
    private static final long ROUND_NANOS = LineClock.ASK_NANOS;
    private static final long STANDING_NANOS = 20_000_000;
    /** A line that could move frames but moves none for this long is taken for lost. */
    private static final long STALL_NANOS = 700_000_000;

    private final LineClock clock;
    private boolean started;
    private long movedNanos;
    private long untilNanos;

    JavaxSide(int rateHz) {
        clock = new LineClock(rateHz);
    }

    /** Does what must be done before the line is started; returns why the line can no longer be used, or null. */
    abstract @Nullable String prepare(OpenLine<L> host);

    /** Whether the line may be started, after {@link #prepare}. */
    abstract boolean isPrepared();

    /** Moves frames of a line that is started; returns why the line can no longer be used, or null. */
    abstract @Nullable String move(OpenLine<L> host, long nowNanos);

    /** The line's position. */
    final LineClock clock() {
        return clock;
    }

    /** Starts anew for another line, which is not started. */
    final void reopened() {
        clock.opened();
        started = false;
    }

    /** The line has moved frames, or need not. */
    final void moved(long nowNanos) {
        movedNanos = nowNanos;
    }

    /** Whether the line has not {@link #moved} for too long. */
    final boolean stalls(long nowNanos) {
        return nowNanos - movedNanos > STALL_NANOS;
    }

    /** Makes the next round due at this time, if it would come later. */
    final void comeBackBy(long nanos) {
        untilNanos = Math.min(untilNanos, nanos);
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // helps where the system heeds it
    public final void begin() {
        Thread.currentThread().setPriority(Thread.MAX_PRIORITY);
    }

    @Override
    public final @Nullable String run(OpenLine<L> host, long nowNanos) {
        untilNanos = nowNanos + ROUND_NANOS;
        try {
            if (!host.line().isOpen()) {
                return "it was closed";
            }
            if (!started) {
                String fault = prepare(host);
                if (fault != null || !isPrepared()) {
                    return fault;
                }
                host.line().start();
                started = true;
                movedNanos = nowNanos;
                clock.restart();
            }
            return move(host, nowNanos);
        } catch (IllegalStateException | IllegalArgumentException e) {
            return e.toString();
        }
    }

    @Override
    public final @Nullable String hold(OpenLine<L> host, long nowNanos) {
        untilNanos = nowNanos + STANDING_NANOS;
        try {
            if (started) {
                started = false;
                host.line().stop();
            }
            return host.line().isOpen() ? null : "it was closed";
        } catch (IllegalStateException e) {
            return e.toString();
        }
    }

    @Override
    public final long untilNanos() {
        return untilNanos;
    }

    @Override
    public final boolean waitsForHost() {
        return false;
    }
}
