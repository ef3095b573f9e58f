// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Puts steps into the ring, with their times. What finds no room is dropped and counted, and the next step that fits is
 * preceded by that count. Device thread only, except {@link #lost}; never waits, never allocates.
 *
 * <p>A step of one piece is put by one call; others are put between {@link #begin} and {@link #end}.
 */
final class StepLog {
    private final StepRing ring;
    private final DeviceThread thread;
    private final long startNanos;
    private int begun;
    private long untold;
    private volatile long lost;

    StepLog(StepRing ring, DeviceThread thread) {
        this.ring = ring;
        this.thread = thread;
        startNanos = thread.nanoTime();
    }

    /** Steps dropped that no later step has told of yet. Any thread. */
    long lost() {
        return lost;
    }

    /** Time since the recording began. Any thread. */
    long nanos() {
        return thread.nanoTime() - startNanos;
    }

    void access(int kind, int bar, long offset, int size, long value) {
        begin();
        ByteBuffer piece = head(kind, StepRecord.ACCESS_BYTES);
        if (piece != null) {
            piece.putLong(value).putLong(offset).putInt(bar).putInt(size);
        }
        end();
    }

    void irq(int vector) {
        event(StepRecord.IRQ, vector);
    }

    void reset(int how) {
        event(StepRecord.RESET, how);
    }

    private void event(int kind, int value) {
        begin();
        ByteBuffer piece = head(kind, StepRecord.EVENT_BYTES);
        if (piece != null) {
            piece.putInt(value);
        }
        end();
    }

    /** Starts one or several steps that are recorded or dropped together; an earlier start without an end is forgotten. */
    void begin() {
        ring.begin();
        begun = 0;
        if (untold > 0) {
            ByteBuffer piece = piece(StepRecord.LOST, StepRecord.LOST_BYTES);
            if (piece != null) {
                piece.putLong(nanos()).putLong(untold);
            }
        }
    }

    void ringStep(int kind, int queue, int idx, int flagsOrId, int headOrLength) {
        ByteBuffer piece = head(kind, StepRecord.RING_BYTES);
        if (piece != null) {
            piece.putInt(queue).putInt(idx).putInt(flagsOrId).putInt(headOrLength);
        }
    }

    void descriptor(long address, int length, int index, int flags) {
        ByteBuffer piece = piece(StepRecord.DESCRIPTOR, StepRecord.DESCRIPTOR_BYTES);
        if (piece != null) {
            piece.putLong(address).putInt(length).putInt(index).putInt(flags);
        }
    }

    /** Copies guest memory behind the descriptor. */
    void bytes(GuestMemory memory, long address, long length) {
        long done = 0;
        while (done < length) {
            int start = ring.claimSome(StepRecord.BYTES, length - done);
            if (start < 0) {
                return;
            }
            ByteBuffer piece = ring.payloadAt(start);
            int taken = piece.remaining();
            try {
                memory.read(address + done, piece);
            } catch (GuestMemoryException e) {
                ring.change(start, StepRecord.NOTHING);
                unreadable(address + done, taken);
                return;
            }
            done += taken;
        }
    }

    void unreadable(long address, long length) {
        ByteBuffer piece = piece(StepRecord.UNREADABLE, StepRecord.UNREADABLE_BYTES);
        if (piece != null) {
            piece.putLong(address).putLong(length);
        }
    }

    void cut(int reason) {
        ByteBuffer piece = piece(StepRecord.CUT, StepRecord.CUT_BYTES);
        if (piece != null) {
            piece.putInt(reason);
        }
    }

    void end() {
        long before = untold;
        untold = ring.commit() ? 0 : before + begun;
        if (untold != before) {
            lost = untold;
        }
    }

    private @Nullable ByteBuffer head(int kind, int length) {
        begun++;
        ByteBuffer piece = piece(kind, length);
        return piece == null ? null : piece.putLong(nanos());
    }

    private @Nullable ByteBuffer piece(int kind, int length) {
        int start = ring.claim(kind, length);
        return start < 0 ? null : ring.payloadAt(start);
    }
}
