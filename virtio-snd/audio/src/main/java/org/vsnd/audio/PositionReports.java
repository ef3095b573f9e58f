// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Reports of the host's clock from an audio thread to the device thread: a small ring of (frames, time) pairs,
 * lock-free, one producer, one consumer, no allocation.
 */
public final class PositionReports {
    /** Never has a report: for back ends that follow the device's clock. */
    public static final PositionReports NONE = new PositionReports(1);

    /** The kinds of report. */
    public enum Kind {
        /** The host had played or captured {@code frames} at {@code nanos}. */
        POSITION,
        /**
         * The host under-ran or over-ran through its own fault; positions start anew with those beyond {@code frames}.
         */
        XRUN,
        /** The host's audio is gone; the stream goes on in silence at nominal pace until a position beyond {@code frames}. */
        LOST
    }

    /** One report, filled in by {@link #poll}. */
    public static final class Report {
        /** The kind of report. */
        public Kind kind = Kind.POSITION;
        /** Frames since the sink or source was opened, without silence added by the back end. */
        public long frames;
        /** The time, in terms of {@link System#nanoTime()}. */
        public long nanos;
    }

    private static final int CAPACITY = 64;
    private static final VarHandle WRITTEN;
    private static final VarHandle READ;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WRITTEN = lookup.findVarHandle(PositionReports.class, "written", long.class);
            READ = lookup.findVarHandle(PositionReports.class, "read", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Kind[] kinds;
    private final long[] frames;
    private final long[] nanos;
    private long written; // by the producer, released
    private long read; // by the consumer, released
    private long originFrames; // the consumer's, as is the next field
    private long positionsFrom; // earlier reports of positions are ignored

    /** An empty ring. */
    public PositionReports() {
        this(CAPACITY);
    }

    private PositionReports(int capacity) {
        kinds = new Kind[capacity];
        frames = new long[capacity];
        nanos = new long[capacity];
    }

    /** Audio thread: adds a report. If the device thread is 64 behind, the report is dropped: a later one is better. */
    public void publish(Kind kind, long reportFrames, long reportNanos) {
        long at = written;
        // pairs with the release in poll(): the slot is free
        if (at - (long) READ.getAcquire(this) == kinds.length) {
            return;
        }
        int slot = (int) (at % kinds.length);
        kinds[slot] = kind;
        frames[slot] = reportFrames;
        nanos[slot] = reportNanos;
        WRITTEN.setRelease(this, at + 1);
    }

    /** Device thread: drops earlier reports, and counts frames from here on. */
    public void startAt(long frames) {
        READ.setRelease(this, (long) WRITTEN.getAcquire(this));
        positionsFrom = 0;
        originFrames = frames;
    }

    /** Device thread: ignores positions, past and future, until {@link #resumeAt}. */
    public void suspend() {
        positionsFrom = Long.MAX_VALUE;
    }

    /** Device thread: counts frames from here on, by positions reported from now on; keeps reports of trouble. */
    public void resumeAt(long frames) {
        positionsFrom = (long) WRITTEN.getAcquire(this);
        originFrames = frames;
    }

    /** Device thread: this many frames were lost on the way to the host, which does not count them. */
    public void lost(long frames) {
        originFrames -= frames;
    }

    /** Device thread: positions are this many frames more from here on. */
    public void advance(long frames) {
        originFrames -= frames;
    }

    /**
     * Device thread: takes the oldest report.
     *
     * @return false if there is none
     */
    public boolean poll(Report into) {
        long at = read;
        // pairs with the release in publish(): the slots are filled
        long end = (long) WRITTEN.getAcquire(this);
        while (at < end && at < positionsFrom && kinds[(int) (at % kinds.length)] == Kind.POSITION) {
            at++;
        }
        if (at == end) {
            READ.setRelease(this, at);
            return false;
        }
        int slot = (int) (at % kinds.length);
        into.kind = kinds[slot];
        into.frames = frames[slot] - originFrames;
        into.nanos = nanos[slot];
        READ.setRelease(this, at + 1);
        return true;
    }
}
