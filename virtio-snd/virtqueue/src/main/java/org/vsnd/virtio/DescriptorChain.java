// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * One buffer of a {@link Virtqueue}: a device-readable part followed by a device-writable part, each made of any number
 * of segments of guest memory. The framing is not visible: both parts are addressed by byte offset.
 *
 * <p>Belongs to the code that polled it until it is completed; the object is then reused. A reset of the queue in
 * between leaves it permanently empty, with both parts 0 bytes long: the memory is the driver's again.
 */
public final class DescriptorChain {
    private enum State {
        /** The driver's. */
        FREE,
        /** Polled and not yet completed. */
        OUTSTANDING,
        /** Outstanding when its queue was reset; never used again. */
        ABANDONED
    }

    private final GuestMemory memory;
    private int head;
    private State state = State.FREE;

    // Segments: the readable ones, then the writable ones; none is empty. All blocks are full but the last.
    // A segment covers the chain's bytes from the end of the one before it (0 for the first) to its own end.
    private SegmentPool pool;
    private @Nullable SegmentBlock first;
    private @Nullable SegmentBlock last;
    private int blocks;
    private int segments;
    private long totalBytes;
    private long readableBytes;
    private boolean hasWritableSegment;
    private boolean inExcess;
    /** Its place in the order of chains taken. */
    private long turn;
    /** Descriptors of a packed ring that it takes up, those of an indirect table not counted. */
    private int slots;
    /** In a {@link UseOrder}: the one that was taken after it. */
    private @Nullable DescriptorChain successor;
    /** In a {@link UseOrder}: bytes written, once the device is done with it; until then -1. */
    private long doneBytes = -1;

    /** @param head as {@link #head} says */
    DescriptorChain(SegmentPool pool, GuestMemory memory, int head) {
        this.pool = pool;
        this.memory = memory;
        this.head = head;
    }

    /** Bytes of the device-readable part, 0..2^32. */
    public long readableBytes() {
        return readableBytes;
    }

    /** Bytes of the device-writable part, 0..2^32. */
    public long writableBytes() {
        return totalBytes - readableBytes;
    }

    /**
     * Copies from the readable part, starting {@code offset} bytes into it, until {@code dst} is full.
     *
     * @throws IndexOutOfBoundsException if the part is shorter than that: the caller checks first
     * @throws GuestMemoryException if a segment is not guest memory; then the content of {@code dst} between position and
     *     limit is undefined and its position unchanged
     */
    public void read(long offset, ByteBuffer dst) throws GuestMemoryException {
        Objects.checkFromIndexSize(offset, dst.remaining(), readableBytes);
        copy(offset, dst, false);
    }

    /**
     * Copies all of {@code src} to the writable part, starting {@code offset} bytes into it.
     *
     * @throws IndexOutOfBoundsException if the part is shorter than that: the caller checks first
     * @throws GuestMemoryException if a segment is not writable guest memory; then an unspecified part has been written
     *     and the position of {@code src} is unchanged
     */
    public void write(long offset, ByteBuffer src) throws GuestMemoryException {
        Objects.checkFromIndexSize(offset, src.remaining(), writableBytes());
        copy(readableBytes + offset, src, true);
    }

    /** Moves a buffer's remaining bytes from or to the chain, starting at a byte of the whole chain. */
    private void copy(long start, ByteBuffer buffer, boolean toGuest) throws GuestMemoryException {
        int position = buffer.position();
        int limit = buffer.limit();
        long at = start;
        SegmentBlock block = first;
        long blockStart = 0;
        while (block != null && block != last && block.ends[SegmentBlock.LENGTH - 1] <= start) {
            blockStart = block.ends[SegmentBlock.LENGTH - 1];
            block = block.next;
        }
        int segment = 0;
        while (block != null && segment < lengthOf(block) && block.ends[segment] <= start) {
            segment++;
        }
        boolean done = false;
        try {
            while (block != null && buffer.position() < limit) {
                long end = block.ends[segment];
                long segmentStart = segment == 0 ? blockStart : block.ends[segment - 1];
                int length = (int) Math.min(end - at, limit - buffer.position());
                long address = block.addresses[segment] + (at - segmentStart);
                buffer.limit(buffer.position() + length);
                if (toGuest) {
                    memory.write(address, buffer);
                } else {
                    memory.read(address, buffer);
                }
                at += length;
                segment++;
                if (segment == SegmentBlock.LENGTH) {
                    segment = 0;
                    blockStart = end;
                    block = block.next;
                }
            }
            done = true;
        } finally {
            buffer.limit(limit);
            if (!done) {
                buffer.position(position);
            }
        }
    }

    private int lengthOf(SegmentBlock block) {
        return block == last ? segments - (blocks - 1) * SegmentBlock.LENGTH : SegmentBlock.LENGTH;
    }

    /**
     * Whether the device, with this chain, holds more descriptors of the queue than a driver may make it hold: it must
     * give the chain back at once.
     */
    public boolean inExcess() {
        return inExcess;
    }

    /**
     * What the driver knows the chain by, 0..32767: in a split queue the index of its first descriptor, in a packed one its
     * buffer ID.
     */
    public int head() {
        return head;
    }

    void head(int id) {
        head = id;
    }

    int slots() {
        return slots;
    }

    void slots(int count) {
        slots = count;
    }

    /**
     * Bytes of one segment as the driver has cut the chain, the readable part's first; 0 if it has not so many. It only tells
     * drivers apart: what a chain means does not depend on it.
     */
    public long segmentBytes(int index) {
        SegmentBlock block = first;
        long start = 0;
        for (int left = index; block != null; left -= SegmentBlock.LENGTH) {
            if (left < lengthOf(block)) {
                return block.ends[left] - (left == 0 ? start : block.ends[left - 1]);
            }
            start = block.ends[lengthOf(block) - 1];
            block = block == last ? null : block.next;
        }
        return 0;
    }

    /** Bytes of both parts, 0..2^32. */
    long totalBytes() {
        return totalBytes;
    }

    boolean hasWritableSegment() {
        return hasWritableSegment;
    }

    void clear() {
        if (first != null && last != null) {
            pool.give(first, last, blocks);
        }
        first = null;
        last = null;
        blocks = 0;
        segments = 0;
        totalBytes = 0;
        readableBytes = 0;
        hasWritableSegment = false;
        inExcess = false;
    }

    /**
     * Adds a segment at the end. The caller checks the order of the parts, the range, the sum and the count.
     *
     * @param length bytes; an empty segment only counts for the order of the parts
     */
    void append(long address, long length, boolean writable) {
        hasWritableSegment |= writable;
        if (length == 0) {
            return;
        }
        SegmentBlock block = blockToFill();
        int at = segments % SegmentBlock.LENGTH;
        totalBytes += length;
        block.addresses[at] = address;
        block.ends[at] = totalBytes;
        segments++;
        if (!writable) {
            readableBytes = totalBytes;
        }
    }

    private SegmentBlock blockToFill() {
        SegmentBlock block = last;
        if (block != null && segments % SegmentBlock.LENGTH != 0) {
            return block;
        }
        SegmentBlock fresh = pool.take();
        if (block == null) {
            first = fresh;
        } else {
            block.next = fresh;
        }
        last = fresh;
        blocks++;
        return fresh;
    }

    boolean isOutstanding() {
        return state == State.OUTSTANDING;
    }

    boolean isAbandoned() {
        return state == State.ABANDONED;
    }

    /** Its place in the order in which chains were handed to the device. */
    long turn() {
        return turn;
    }

    void turn(long place) {
        turn = place;
    }

    /** Handed to the device, at its place in the order of chains. */
    void take(long place) {
        turn = place;
        doneBytes = -1;
        state = State.OUTSTANDING;
        inExcess = pool.exceeded();
    }

    /** The newest in a {@link UseOrder}. */
    void beNewest() {
        successor = null;
    }

    @Nullable
    DescriptorChain successor() {
        return successor;
    }

    void successor(DescriptorChain later) {
        successor = later;
    }

    boolean isDone() {
        return doneBytes >= 0;
    }

    /** Bytes written to a chain that is done. */
    long doneBytes() {
        return doneBytes;
    }

    /**
     * The device is done with it, and has written so many bytes. Its segments go at once: chains that wait for their turn are
     * bounded by nothing but the ring.
     */
    void done(long usedBytes) {
        doneBytes = usedBytes;
        clear();
    }

    /** From now on the segments belong to another pool. */
    void moveTo(SegmentPool other) {
        other.adopt(blocks);
        pool = other;
    }

    /** Handed back to the driver. */
    void release() {
        state = State.FREE;
        clear();
    }

    /** The queue was reset while the device held the chain. */
    void abandon() {
        state = State.ABANDONED;
        clear();
    }

    /**
     * Whether a chain that is read anew is made of the same memory, cut in the same way, as one that is with the device; of one
     * that is done the device needs none.
     */
    boolean hasSameSegments(DescriptorChain other) {
        if (other.isDone()) {
            return true;
        }
        if (segments != other.segments || totalBytes != other.totalBytes || readableBytes != other.readableBytes) {
            return false;
        }
        SegmentBlock theirs = other.first;
        for (SegmentBlock ours = first; ours != null && theirs != null; ours = ours.next) {
            int length = lengthOf(ours);
            if (!Arrays.equals(ours.addresses, 0, length, theirs.addresses, 0, length)
                    || !Arrays.equals(ours.ends, 0, length, theirs.ends, 0, length)) {
                return false;
            }
            theirs = theirs.next;
        }
        return true;
    }

    /** The segments as copied from the descriptors, whatever the driver has written there since. */
    void save(SnapshotWriter out) {
        out.u16(segments);
        int readable = 0;
        for (SegmentBlock block = first; block != null; block = block.next) {
            for (int i = 0; i < lengthOf(block) && block.ends[i] <= readableBytes; i++) {
                readable++;
            }
        }
        out.u16(readable);
        long start = 0;
        for (SegmentBlock block = first; block != null; block = block.next) {
            for (int i = 0; i < lengthOf(block); i++) {
                out.i64(block.addresses[i]).i32((int) (block.ends[i] - start));
                start = block.ends[i];
            }
        }
    }

    /**
     * Reads a chain that was with the device, by the rules of {@link DescriptorWalk}. As with a chain that a driver
     * offers, its addresses are checked when they are used.
     */
    static DescriptorChain load(SnapshotReader in, SegmentPool pool, GuestMemory memory, int head, int segmentsMax)
            throws SnapshotException {
        DescriptorChain chain = new DescriptorChain(pool, memory, head);
        int segments = in.u16("segments", segmentsMax);
        int readable = in.u16("readable segments", segments);
        for (int i = 0; i < segments; i++) {
            long address = in.any64("a segment's address");
            long length = in.u32("a segment's length", 1, DescriptorWalk.CHAIN_BYTES_MAX - 1);
            in.require(Long.compareUnsigned(address + length - 1, address) >= 0, "a segment wraps around");
            in.require(length <= DescriptorWalk.CHAIN_BYTES_MAX - chain.totalBytes(), "a chain is too long");
            chain.append(address, length, i >= readable);
        }
        chain.take(0);
        return chain;
    }
}
