// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/**
 * Looks at tx or rx by itself while streams run whose driver has selected VIRTIO_SND_PCM_F_MSG_POLLING and does not notify
 * (SND-36): now and then, and before anything is done that a message could change. Nothing is looked at while there is no such stream.
 * Before START the messages may wait in the ring, since START takes them all; so do they before RELEASE.
 *
 * <p>Device thread only; allocates nothing.
 */
final class RingPoll {
    /** A driver keeps two periods or more in flight: it is seen long before the last of them ends. */
    private static final int LOOKS_PER_PERIOD = 2;

    private static final long SHORTEST_NANOS = 1_000_000;
    private static final long LONGEST_NANOS = 20_000_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final ScheduledTasks tasks;
    private final DeviceStreams streams;
    private final boolean output;
    private final Runnable look;
    private final ScheduledTasks.ScheduledTimer timer;
    private long everyNanos = NEVER;

    /**
     * @param output whether it is tx
     * @param look takes what is there
     */
    RingPoll(ScheduledTasks tasks, DeviceStreams streams, boolean output, Runnable look) {
        this.tasks = tasks;
        this.streams = streams;
        this.output = output;
        this.look = look;
        timer = tasks.timer(this::due);
    }

    /** A stream has entered another state, perhaps with other parameters. */
    void choose() {
        long before = everyNanos;
        everyNanos = NEVER;
        for (int i = 0; i < streams.count(); i++) {
            PcmStream stream = streams.get(i);
            if (stream.info.isOutput() == output && stream.isPolled()) {
                everyNanos = Math.min(everyNanos, nanos(stream.params()));
            }
        }
        if (everyNanos == NEVER) {
            timer.cancel();
        } else if (everyNanos != before) {
            timer.arm(tasks.nanoTime() + everyNanos);
        }
    }

    private static long nanos(StreamParams set) {
        long periodNanos = set.periodBytes() / set.frameBytes() * 1_000_000_000L / set.rateHz();
        return Math.max(SHORTEST_NANOS, Math.min(periodNanos / LOOKS_PER_PERIOD, LONGEST_NANOS));
    }

    private void due() {
        if (everyNanos != NEVER) { // otherwise a snapshot was wrong
            timer.arm(tasks.nanoTime() + everyNanos);
            look.run();
        }
    }

    /** Something is due in a stream: what the driver has sent in time for it is taken before. */
    void beforeDue(PcmStream stream) {
        if (stream.isPolled()) {
            look.run();
        }
    }

    /** After a restore: makes sure that the ring is looked at, whatever the snapshot says of the timer. */
    void ensureTimer() {
        if (everyNanos != NEVER) {
            timer.armNoLaterThan(tasks.nanoTime() + everyNanos);
        }
    }
}
