package org.vsnd.virtio;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * One buffer of a {@link Virtqueue}: a device-readable part followed by a device-writable part, each made of any number
 * of segments of guest memory. The framing is not visible (SND-14): both parts are addressed by byte offset.
 *
 * <p>Belongs to whoever polled it until it is completed; the object is then used again. A reset of the queue in between
 * leaves it empty for good, both parts 0 bytes long: the memory is the driver's again.
 */
public final class DescriptorChain {
    private static final int FIRST_SEGMENTS = 4;
    /** A message of a mebibyte in pages. Longer arrays are not kept: a guest could fill the heap with them. */
    private static final int KEPT_SEGMENTS = 256;

    private enum State {
        /** The driver's. */
        FREE,
        /** Polled and not yet completed. */
        OUTSTANDING,
        /** Outstanding when its queue was reset; never used again. */
        ABANDONED
    }

    private final GuestMemory memory;
    private final int head;
    private State state = State.FREE;

    // Segments: the readable ones, then the writable ones; none is empty.
    // A segment covers the chain's bytes from the end of the one before it (0 for the first) to its own end.
    private long[] addresses = new long[FIRST_SEGMENTS];
    private long[] ends = new long[FIRST_SEGMENTS];
    private int segments;
    private long readableBytes;
    private boolean hasWritableSegment;

    /** @param head index of the chain's first descriptor */
    DescriptorChain(GuestMemory memory, int head) {
        this.memory = memory;
        this.head = head;
    }

    /** Bytes of the device-readable part, 0..2^32. */
    public long readableBytes() {
        return readableBytes;
    }

    /** Bytes of the device-writable part, 0..2^32. */
    public long writableBytes() {
        return totalBytes() - readableBytes;
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
        int segment = segmentAt(start);
        boolean done = false;
        try {
            while (buffer.position() < limit) {
                int length = (int) Math.min(ends[segment] - at, limit - buffer.position());
                long address = addresses[segment] + (at - startOf(segment));
                buffer.limit(buffer.position() + length);
                if (toGuest) {
                    memory.write(address, buffer);
                } else {
                    memory.read(address, buffer);
                }
                at += length;
                segment++;
            }
            done = true;
        } finally {
            buffer.limit(limit);
            if (!done) {
                buffer.position(position);
            }
        }
    }

    /** The segment that holds a byte of the whole chain; the number of segments if it is past the end. */
    private int segmentAt(long offset) {
        int low = 0;
        int high = segments;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private long startOf(int segment) {
        return segment == 0 ? 0 : ends[segment - 1];
    }

    /** Index of the chain's first descriptor, by which the driver knows it: 0..32767. */
    public int head() {
        return head;
    }

    /** Bytes of both parts, 0..2^32. */
    long totalBytes() {
        return startOf(segments);
    }

    boolean hasWritableSegment() {
        return hasWritableSegment;
    }

    void clear() {
        if (addresses.length > KEPT_SEGMENTS) {
            addresses = new long[FIRST_SEGMENTS];
            ends = new long[FIRST_SEGMENTS];
        }
        segments = 0;
        readableBytes = 0;
        hasWritableSegment = false;
    }

    /**
     * Adds a segment at the end. The caller checks the order of the parts, the range, the sum and the count.
     *
     * @param length bytes; an empty segment counts for the order of the parts only
     */
    void append(long address, long length, boolean writable) {
        hasWritableSegment |= writable;
        if (length == 0) {
            return;
        }
        if (segments == addresses.length) {
            addresses = Arrays.copyOf(addresses, 2 * segments);
            ends = Arrays.copyOf(ends, 2 * segments);
        }
        addresses[segments] = address;
        ends[segments] = totalBytes() + length;
        segments++;
        if (!writable) {
            readableBytes = totalBytes();
        }
    }

    boolean isOutstanding() {
        return state == State.OUTSTANDING;
    }

    boolean isAbandoned() {
        return state == State.ABANDONED;
    }

    /** Handed to the device. */
    void take() {
        state = State.OUTSTANDING;
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

    /** The segments: what the descriptors said when they were copied, whatever the driver has made of them since. */
    void save(SnapshotWriter out) {
        out.u16(segments);
        int readable = 0;
        while (readable < segments && ends[readable] <= readableBytes) {
            readable++;
        }
        out.u16(readable);
        for (int i = 0; i < segments; i++) {
            out.i64(addresses[i]).i32((int) (ends[i] - startOf(i)));
        }
    }

    /**
     * Reads a chain that was with the device, by the rules of {@link DescriptorWalk}. As with one that a driver offers,
     * whether its addresses are memory shows when they are used.
     */
    static DescriptorChain load(SnapshotReader in, GuestMemory memory, int head, int segmentsMax)
            throws SnapshotException {
        DescriptorChain chain = new DescriptorChain(memory, head);
        int segments = in.u16("segments", segmentsMax);
        int readable = in.u16("readable segments", segments);
        for (int i = 0; i < segments; i++) {
            long address = in.any64("a segment's address");
            long length = in.u32("a segment's length", 1, DescriptorWalk.CHAIN_BYTES_MAX - 1);
            in.require(Long.compareUnsigned(address + length - 1, address) >= 0, "a segment wraps around");
            in.require(length <= DescriptorWalk.CHAIN_BYTES_MAX - chain.totalBytes(), "a chain is too long");
            chain.append(address, length, i >= readable);
        }
        chain.take();
        return chain;
    }
}
