// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * A playback stream that has run dry while its last message was kept back: the end of the sound if the driver sends no more, an
 * under-run if it does. A driver that wants to hear of under-runs may wait for just that before it sends more, so it hears
 * of one when it has had its last message for a while and has not ended the stream. Device thread only; allocates nothing.
 */
final class RunDry {
    /** A driver that ends its stream says so within this time after the last completion. */
    static final long GRACE_NANOS = 20_000_000;

    private enum State {
        NO,
        /** The last message is kept. */
        DRY,
        /** It went back a moment ago. */
        GRACE,
        /** The driver knows. */
        TOLD
    }

    private static final State[] STATES = State.values();

    private final ScheduledTasks tasks;
    private final Runnable tell;
    private final ScheduledTasks.ScheduledTimer timer;
    private State state = State.NO;

    /** @param tell says that there is an under-run */
    RunDry(ScheduledTasks tasks, Runnable tell) {
        this.tasks = tasks;
        this.tell = tell;
        timer = tasks.timer(this::graceEnded);
    }

    /** The stream has run dry while a message was kept. */
    void begin() {
        state = State.DRY;
    }

    /** No message is kept: the driver has its last one, if the stream has run dry. */
    void givenBack() {
        if (state == State.DRY) {
            state = State.GRACE;
            timer.arm(tasks.nanoTime() + GRACE_NANOS);
        }
    }

    private void graceEnded() {
        if (state == State.GRACE) { // otherwise a snapshot was wrong
            state = State.TOLD;
            tell.run();
        }
    }

    /** Whether the stream has run dry. */
    boolean is() {
        return state != State.NO;
    }

    /** Whether the driver knows that. */
    boolean isTold() {
        return state == State.TOLD;
    }

    /** Something is there to be played, or the stream has ended. */
    void end() {
        state = State.NO;
        timer.cancel();
    }

    void save(SnapshotWriter out) {
        out.choice(state);
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        State saved = in.choice("whether the stream ran dry", STATES);
        return () -> state = saved;
    }

    /** After a restore: makes sure that the driver hears of it, whatever the snapshot says of the timer. */
    void ensureTimer() {
        if (state == State.GRACE) {
            timer.armNoLaterThan(tasks.nanoTime() + GRACE_NANOS);
        }
    }
}
