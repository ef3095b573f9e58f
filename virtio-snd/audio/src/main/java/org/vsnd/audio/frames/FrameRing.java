// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.vsnd.audio.AudioBudget;

/**
 * A bounded queue of whole frames between two threads, lock-free and without allocation. One thread, the producer,
 * calls {@link #write}; another, the consumer, calls {@link #read} and {@link #skip}. Either may ask how much there
 * is: its own side is exact, the other side may have moved on in its favour. Memory is taken as the ring fills, and
 * then reused.
 */
public final class FrameRing {
    private static final VarHandle WRITTEN;
    private static final VarHandle READ;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WRITTEN = lookup.findVarHandle(FrameRing.class, "written", long.class);
            READ = lookup.findVarHandle(FrameRing.class, "read", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int frameBytes;
    private final int capacityFrames;
    private final FrameStore store;
    private final AtomicBoolean left = new AtomicBoolean();
    private long written; // frames in total, by the producer, released
    private long read; // frames in total, by the consumer, released

    /**
     * An empty ring whose memory is not counted.
     *
     * @param frameBytes bytes of one frame, 1..65536
     * @param capacityFrames most frames it holds, at least 1; the product must fit an {@code int}
     */
    public FrameRing(int frameBytes, int capacityFrames) {
        this(AudioBudget.UNLIMITED, frameBytes, capacityFrames);
    }

    /**
     * An empty ring.
     *
     * @param budget has room for {@link AudioBudget#bytes} of it
     * @param frameBytes bytes of one frame, 1..65536
     * @param capacityFrames most frames it holds, at least 1; the product must fit an {@code int}
     */
    public FrameRing(AudioBudget budget, int frameBytes, int capacityFrames) {
        if (frameBytes < 1
                || frameBytes > AudioBudget.CHUNK_BYTES
                || capacityFrames < 1
                || (long) frameBytes * capacityFrames > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("frameBytes=" + frameBytes + " capacityFrames=" + capacityFrames);
        }
        this.frameBytes = frameBytes;
        this.capacityFrames = capacityFrames;
        store = new FrameStore(budget, frameBytes, capacityFrames);
    }

    /** Bytes of one frame. */
    public int frameBytes() {
        return frameBytes;
    }

    /** Most frames it holds. */
    public int capacityFrames() {
        return capacityFrames;
    }

    /** Frames waiting to be read. */
    public int readableFrames() {
        // READ first, so that the difference is never negative
        long from = (long) READ.getAcquire(this);
        return (int) Math.min(capacityFrames, (long) WRITTEN.getAcquire(this) - from);
    }

    /** Frames that can be written now. */
    public int writableFrames() {
        return capacityFrames - readableFrames();
    }

    /**
     * Producer: puts in as many whole frames, from position to limit, as there is room and memory for.
     *
     * @return frames taken; the position has moved past them
     */
    public int write(ByteBuffer src) {
        long at = written;
        // pairs with the release in read() and skip(): those frames are no longer needed
        long neededFrom = (long) READ.getAcquire(this);
        int room = (int) Math.min(capacityFrames - (at - neededFrom), src.remaining() / frameBytes);
        int frames = store.put(at, src, src.position(), room, neededFrom);
        src.position(src.position() + frames * frameBytes);
        WRITTEN.setRelease(this, at + frames);
        return frames;
    }

    /**
     * Consumer: takes as many whole frames as there are, from position to limit of {@code dst}.
     *
     * @return frames put there; the position has moved past them
     */
    public int read(ByteBuffer dst) {
        long at = read;
        // pairs with the release in write(): the frames are there
        long available = (long) WRITTEN.getAcquire(this) - at;
        int frames = (int) Math.min(available, dst.remaining() / frameBytes);
        store.get(at, dst, dst.position(), frames);
        dst.position(dst.position() + frames * frameBytes);
        READ.setRelease(this, at + frames);
        return frames;
    }

    /**
     * Consumer: drops the oldest frames.
     *
     * @return frames dropped; fewer than asked for if there were fewer
     */
    public int skip(long frames) {
        long at = read;
        int dropped = (int) Math.min(Math.max(frames, 0), (long) WRITTEN.getAcquire(this) - at);
        READ.setRelease(this, at + dropped);
        return dropped;
    }

    /** Producer or consumer: no longer uses it. When both have left, its memory is freed. */
    public void leave() {
        if (!left.compareAndSet(false, true)) {
            store.close();
        }
    }

    /** Neither has used it, nor will: frees its memory. */
    public void discard() {
        leave();
        leave();
    }

    /** Producer: uses it again, while the consumer is there. */
    public void comeBack() {
        left.set(false);
    }
}
