// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.concurrent.atomic.AtomicLongArray;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * How late messages were completed, as a histogram with eight steps per power of two (a value is known to 12.5 %).
 * Written by the device thread at the cost of one array store, read by any thread.
 */
public final class CompletionErrors {
    private static final int STEP_BITS = 3;
    private static final int STEPS = 1 << STEP_BITS;
    private static final int SAVED_SLOT_BYTES = 10;

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - STEP_BITS) * STEPS);
    private volatile long maxNanos;

    /** Device thread: a message was completed this long after its deadline, in nanoseconds of at least 0. */
    void record(long lateNanos) {
        int slot = slotOf(lateNanos);
        counts.setRelease(slot, counts.getPlain(slot) + 1);
        if (lateNanos > maxNanos) {
            maxNanos = lateNanos;
        }
    }

    /** Messages completed so far. */
    public long count() {
        long sum = 0;
        for (int slot = 0; slot < counts.length(); slot++) {
            sum += counts.getAcquire(slot);
        }
        return sum;
    }

    /** The longest delay so far, in nanoseconds. */
    public long maxNanos() {
        return maxNanos;
    }

    /**
     * The delay that a share of the messages did not exceed, in nanoseconds, rounded up to the histogram's step.
     *
     * @param share 0..1, for example 0.99
     * @return 0 if there was no message
     */
    public long quantileNanos(double share) {
        long wanted = (long) Math.ceil(count() * share);
        long seen = 0;
        for (int slot = 0; slot < counts.length(); slot++) {
            seen += counts.getAcquire(slot);
            if (seen >= wanted && seen > 0) {
                return Math.min(highestOf(slot), maxNanos);
            }
        }
        return maxNanos;
    }

    /** Writes the slots that are not empty. Device thread. */
    void save(SnapshotWriter out) {
        int used = 0;
        for (int slot = 0; slot < counts.length(); slot++) {
            used += counts.getPlain(slot) == 0 ? 0 : 1;
        }
        out.i64(maxNanos).u16(used);
        for (int slot = 0; slot < counts.length(); slot++) {
            if (counts.getPlain(slot) != 0) {
                out.u16(slot).i64(counts.getPlain(slot));
            }
        }
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        long max = in.i64("the longest delay", 0, Long.MAX_VALUE);
        long[] loaded = new long[counts.length()];
        int used = in.count("delays", loaded.length, SAVED_SLOT_BYTES);
        for (int i = 0; i < used; i++) {
            int slot = in.u16("a delay", loaded.length - 1);
            loaded[slot] = in.i64("the number of a delay", 1, StreamStatistics.MOST);
        }
        return () -> {
            for (int slot = 0; slot < loaded.length; slot++) {
                counts.setRelease(slot, loaded[slot]);
            }
            maxNanos = max;
        };
    }

    private static int slotOf(long value) {
        if (value < STEPS) {
            return (int) Math.max(0, value);
        }
        int shift = Long.SIZE - 1 - STEP_BITS - Long.numberOfLeadingZeros(value);
        return (shift + 1) * STEPS + (int) ((value >>> shift) & (STEPS - 1));
    }

    private static long highestOf(int slot) {
        if (slot < STEPS) {
            return slot;
        }
        int shift = slot / STEPS - 1;
        return ((STEPS + slot % STEPS + 1L) << shift) - 1;
    }
}
