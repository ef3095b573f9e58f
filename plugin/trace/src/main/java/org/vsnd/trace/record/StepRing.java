// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way of steps from the device thread to the writer: a bounded ring of pieces between two threads, lock-free and
 * without allocation. A piece lies in one stretch of memory: what it is, its length, its payload. What the producer claims
 * becomes visible with {@link #commit} and all at once, so the consumer finds whole steps only.
 *
 * <p>The producer never waits. Once a piece has found no room, nothing more of the transaction is taken.
 */
final class StepRing {
    /** Most bytes of a payload. */
    static final int PIECE_BYTES_MAX = 64 << 10;

    private static final int ALIGN = 8;
    private static final int LENGTH = 0; // int, of the payload
    private static final int KIND = 4; // int
    private static final int HEADER_BYTES = 8;
    private static final int PADDING = -1;

    private final int capacity;
    private final ByteBuffer bytes;
    private final AtomicLong committed = new AtomicLong(); // by the producer, released
    private final AtomicLong consumed = new AtomicLong(); // by the consumer, released

    // The producer's.
    private final ByteBuffer window;
    private long at;
    private long limit;
    private boolean full;

    // The consumer's.
    private final ByteBuffer payload;
    private long next;
    private int kind;

    /** @param capacityBytes a power of two, at least two of the longest pieces */
    StepRing(int capacityBytes) {
        if (Integer.bitCount(capacityBytes) != 1 || capacityBytes < 2 * (PIECE_BYTES_MAX + HEADER_BYTES)) {
            throw new IllegalArgumentException("capacityBytes=" + capacityBytes);
        }
        capacity = capacityBytes;
        bytes = ByteBuffer.allocateDirect(capacityBytes).order(ByteOrder.LITTLE_ENDIAN);
        window = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        payload = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        limit = capacityBytes;
    }

    /** Producer: starts a transaction; one that was not committed is forgotten. */
    void begin() {
        at = committed.getPlain();
        full = false;
    }

    /**
     * Producer: takes room for a piece.
     *
     * @param length bytes of its payload, 0..{@link #PIECE_BYTES_MAX}
     * @return where its payload begins, for {@link #payloadAt}; -1: there is no room
     */
    int claim(int kind, int length) {
        int toEnd = capacity - index(at);
        if (HEADER_BYTES + length > toEnd && !skip(toEnd)) {
            return -1;
        }
        return take(kind, length);
    }

    /**
     * Producer: takes room for a piece with as much of a longer run of bytes as fits into one stretch.
     *
     * @param most bytes that are left to be put, at least 1
     * @return as {@link #claim}
     */
    int claimSome(int kind, long most) {
        int toEnd = capacity - index(at);
        if (toEnd == HEADER_BYTES && !skip(toEnd)) {
            return -1;
        }
        int stretch = Math.min(capacity - index(at) - HEADER_BYTES, PIECE_BYTES_MAX);
        return take(kind, (int) Math.min(most, stretch));
    }

    private boolean skip(int toEnd) {
        if (!hasRoom(toEnd)) {
            return false;
        }
        put(PADDING, toEnd - HEADER_BYTES);
        return true;
    }

    private int take(int kind, int length) {
        if (!hasRoom(HEADER_BYTES + length)) {
            return -1;
        }
        int start = index(at) + HEADER_BYTES;
        put(kind, length);
        return start;
    }

    private void put(int kind, int length) {
        int start = index(at);
        bytes.putInt(start + LENGTH, length);
        bytes.putInt(start + KIND, kind);
        at += aligned(HEADER_BYTES + length);
    }

    private boolean hasRoom(int length) {
        if (full) {
            return false;
        }
        long end = at + aligned(length);
        if (end > limit) {
            limit = consumed.getAcquire() + capacity; // pairs with the release in next()
            full = end > limit;
        }
        return !full;
    }

    /** Producer: a claimed payload, from position to limit; valid until the next call. Little-endian. */
    ByteBuffer payloadAt(int start) {
        int length = bytes.getInt(start - HEADER_BYTES + LENGTH);
        return window.limit(start + length).position(start);
    }

    /** Producer: makes the piece whose payload begins there something else. */
    void change(int start, int kind) {
        bytes.putInt(start - HEADER_BYTES + KIND, kind);
    }

    /**
     * Producer: ends the transaction.
     *
     * @return false if it did not fit as a whole, and is forgotten
     */
    boolean commit() {
        if (full) {
            return false;
        }
        committed.setRelease(at);
        return true;
    }

    /** Consumer: gives the piece it had back and moves on to the next one; false if there is none yet. */
    boolean next() {
        consumed.setRelease(next);
        long end = committed.getAcquire(); // pairs with the release in commit()
        while (next != end) {
            int start = index(next);
            payload.clear();
            int length = payload.getInt(start + LENGTH);
            kind = payload.getInt(start + KIND);
            next += aligned(HEADER_BYTES + length);
            if (kind != PADDING) {
                payload.limit(start + HEADER_BYTES + length).position(start + HEADER_BYTES);
                return true;
            }
            consumed.setRelease(next);
        }
        return false;
    }

    /** Consumer: what the piece is. */
    int kind() {
        return kind;
    }

    /** Consumer: the piece's payload, from position to limit; valid until {@link #next()}. Little-endian. */
    ByteBuffer payload() {
        return payload;
    }

    private int index(long position) {
        return (int) position & (capacity - 1);
    }

    private static long aligned(int length) {
        return (length + ALIGN - 1L) & -ALIGN;
    }
}
