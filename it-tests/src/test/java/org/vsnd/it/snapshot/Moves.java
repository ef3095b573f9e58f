// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import java.util.Random;

/**
 * When a card is moved: at random times of the guest, before random accesses to registers, and between random tasks of the
 * device thread, which may be at the same time.
 */
final class Moves {
    private static final long MEAN_NANOS = 60_000_000;
    private static final int MEAN_ACCESSES = 40;
    private static final int MEAN_TASKS = 40;

    private final Random random;
    private final Random origins;
    private final boolean real;
    private final int meanAccesses;
    private int count;
    private long atNanos;
    private int accessesLeft;
    private int tasksLeft;
    private boolean due;

    private Moves(boolean real, int meanAccesses, long seed) {
        this.real = real;
        this.meanAccesses = meanAccesses;
        random = new Random(seed);
        origins = new Random(~seed);
        plan(0);
    }

    /** The same instants, at which the guest looks at its rings once more; but nothing is moved. */
    static Moves rehearsed(long seed) {
        return new Moves(false, MEAN_ACCESSES, seed);
    }

    static Moves random(long seed) {
        return new Moves(true, MEAN_ACCESSES, seed);
    }

    /** Before nearly every access to a register, as a driver makes them when it begins. */
    static Moves atNearlyEveryAccess(boolean real, long seed) {
        return new Moves(real, 1, seed);
    }

    /** Where the next host's clock begins: it may count from anywhere. */
    long randomOrigin() {
        return origins.nextLong() >>> 3;
    }

    private void plan(long nowNanos) {
        atNanos = nowNanos + (long) (2 * MEAN_NANOS * random.nextDouble());
        accessesLeft = 1 + random.nextInt(2 * meanAccesses);
        tasksLeft = 1 + random.nextInt(2 * MEAN_TASKS);
        due = false;
    }

    /** The guest's time of the next move, if nothing else comes before. */
    long nanos() {
        return atNanos;
    }

    /** The guest is about to access a register. */
    void access() {
        due |= --accessesLeft == 0;
    }

    /** The device thread has run something. */
    void task() {
        due |= --tasksLeft == 0;
    }

    /** Whether it is time. */
    boolean due(long nowNanos) {
        return due || nowNanos >= atNanos;
    }

    /** Whether the card is really moved. */
    boolean real() {
        return real;
    }

    /** How many there were. */
    int count() {
        return count;
    }

    /** It was done. */
    void done(long nowNanos) {
        count++;
        plan(nowNanos);
    }
}
