package org.vsnd.snd;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How late messages were completed, as a histogram with eight steps per power of two (a value is known to 12.5 %).
 * Written by the device thread at the cost of one array store, read by any thread.
 */
public final class CompletionErrors {
    private static final int STEP_BITS = 3;
    private static final int STEPS = 1 << STEP_BITS;

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
