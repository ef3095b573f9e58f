// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioTransport;

/**
 * Answers for a driver that frees its rings as soon as it has seen one, and crashes at an interrupt after that (Haiku:
 * HAIKU.md section 13). The interrupt is sent first, and the answer is used when the interrupt has certainly been
 * taken: the longest time of an interrupt on its way after the last moment at which it was known to be. Afterwards
 * there is no further interrupt and no look at the ring.
 *
 * <p>Device thread only; allocates nothing once it is built. A forgotten answer is not used: its queue is about to be
 * reset.
 */
final class AnnouncedReplies {
    /** How often to check whether the interrupt is still on its way. */
    private static final long LOOK_NANOS = 5_000_000;
    /** A driver that takes no interrupt for this long has masked it, and gets its answer nevertheless. */
    private static final long LIMIT_NANOS = 500_000_000;

    private static final int SAVED_BYTES = 18;

    private final ScheduledTasks tasks;
    private final ControlQueue control;
    private final ScheduledTasks.ScheduledTimer timer;
    // First in, first out, from 0 on.
    private final DescriptorChain[] answers;
    private final long[] usedBytes;
    private final long[] announcedNanos;
    private int count;
    private long underwayNanos;

    /** @param most answers at a time */
    AnnouncedReplies(ScheduledTasks tasks, int most, ControlQueue control) {
        this.tasks = tasks;
        this.control = control;
        timer = tasks.timer(this::look);
        answers = new DescriptorChain[most];
        usedBytes = new long[most];
        announcedNanos = new long[most];
    }

    /** Announces an answer, and gives it when it is due. */
    void add(DescriptorChain answer, long bytes) {
        control.queue().announce(answer);
        long now = tasks.nanoTime();
        answers[count] = answer;
        usedBytes[count] = bytes;
        announcedNanos[count++] = now;
        underwayNanos = now;
        giveAllDue(now);
    }

    /** Forgets the answers. */
    void forget() {
        count = 0;
        timer.cancel();
    }

    private void look() {
        long now = tasks.nanoTime();
        if (transport().interruptUnderway(control.index)) {
            underwayNanos = now;
        }
        giveAllDue(now);
    }

    private void giveAllDue(long now) {
        while (count > 0 && dueNanos() <= now) {
            DescriptorChain answer = answers[0];
            long bytes = usedBytes[0];
            count--;
            System.arraycopy(answers, 1, answers, 0, count);
            System.arraycopy(usedBytes, 1, usedBytes, 0, count);
            System.arraycopy(announcedNanos, 1, announcedNanos, 0, count);
            control.useAnnounced(answer, bytes);
        }
        if (count > 0) {
            timer.arm(Math.min(now + LOOK_NANOS, dueNanos()));
        }
    }

    /** When the first one is due, as far as known now. */
    private long dueNanos() {
        return Math.min(underwayNanos + transport().interruptLeadNanos(), announcedNanos[0] + LIMIT_NANOS);
    }

    private VirtioTransport transport() {
        return control.service.transport();
    }

    void save(SnapshotWriter out) {
        out.u16(count);
        for (int i = 0; i < count; i++) {
            out.u16(answers[i].head()).i64(usedBytes[i]).nanos(announcedNanos[i]);
        }
        if (count > 0) {
            out.nanos(underwayNanos);
        }
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @return restores the waiting answers; must be run after the timers were restored
     */
    Runnable load(SnapshotReader in, RestoredChains chains) throws SnapshotException {
        int saved = in.count("late answers", answers.length, SAVED_BYTES);
        DescriptorChain[] held = new DescriptorChain[saved];
        long[] bytes = new long[saved];
        long[] announced = new long[saved];
        for (int i = 0; i < saved; i++) {
            held[i] = chains.claim(in, control.index);
            bytes[i] = in.i64("a late answer's bytes", 0, held[i].writableBytes());
            announced[i] = in.past("a late answer's interrupt");
        }
        long underway = saved > 0 ? in.past("an interrupt underway") : 0;
        return () -> {
            count = saved;
            System.arraycopy(held, 0, answers, 0, saved);
            System.arraycopy(bytes, 0, usedBytes, 0, saved);
            System.arraycopy(announced, 0, announcedNanos, 0, saved);
            underwayNanos = underway;
            if (saved > 0) {
                timer.armNoLaterThan(tasks.nanoTime() + LOOK_NANOS);
            }
        };
    }
}
