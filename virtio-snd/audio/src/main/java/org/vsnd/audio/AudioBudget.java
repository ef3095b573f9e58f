// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one card's host audio may take from its process, and how much of it is taken. Sound is kept in chunks of
 * {@value #CHUNK_BYTES} bytes, which are made when first filled and then reused by all streams of the card: nothing is
 * left to the garbage collector, and at most one chunk is cleared at a time.
 *
 * <p>Any thread; each call takes well under a microsecond, except {@link #take} when it has to make a chunk. If the
 * process has no memory for one, the JVM searches for half a second or longer, so this is tried at most once a second.
 */
public final class AudioBudget {
    /** Bytes of a chunk: 0.34 s of CD quality. */
    public static final int CHUNK_BYTES = 64 << 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** For callers without a guest. */
    public static final AudioBudget UNLIMITED =
            new AudioBudget(Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    private static final long NO_MEMORY_NANOS = NANOS_PER_SECOND;

    private final IntFunction<ByteBuffer> allocator;
    private final LongSupplier nanoTime;
    private final long mostBytes;
    private final int mostStreams;
    private final int mostOpeners;
    private final long lineNanos;
    private final ArrayDeque<ByteBuffer> unused = new ArrayDeque<>(); // guarded by this, as are the fields below
    private long promisedBytes;
    private long madeBytes;
    private boolean noMemory; // for a chunk, the last time
    private long noMemoryNanos;
    private int streams;
    private int openers;
    private boolean spoken;
    private long spokenNanos;

    /**
     * A budget of which nothing is taken.
     *
     * @param mostBytes bytes of sound
     * @param mostStreams streams of host audio with an audio thread
     * @param mostOpeners threads that wait for a host's device to open or close
     * @param linesPerSecond lines of the log about devices that are not available
     */
    public AudioBudget(long mostBytes, int mostStreams, int mostOpeners, int linesPerSecond) {
        this(mostBytes, mostStreams, mostOpeners, linesPerSecond, ByteBuffer::allocateDirect, System::nanoTime);
    }

    AudioBudget(
            long mostBytes,
            int mostStreams,
            int mostOpeners,
            int linesPerSecond,
            IntFunction<ByteBuffer> allocator,
            LongSupplier nanoTime) {
        this.allocator = allocator;
        this.nanoTime = nanoTime;
        this.mostBytes = mostBytes;
        this.mostStreams = mostStreams;
        this.mostOpeners = mostOpeners;
        this.lineNanos = NANOS_PER_SECOND / linesPerSecond;
    }

    /** The most chunks for this many frames: their first and last may lie in the middle of one. */
    public static int chunks(int frameBytes, int frames) {
        return (frames - 2) / (CHUNK_BYTES / frameBytes) + 2;
    }

    /** Bytes of those chunks. */
    public static long bytes(int frameBytes, int frames) {
        return (long) chunks(frameBytes, frames) * CHUNK_BYTES;
    }

    /** The most bytes of sound. */
    public long mostBytes() {
        return mostBytes;
    }

    /** Whether this many more bytes can be promised. */
    public synchronized boolean fits(long bytes) {
        return bytes <= mostBytes - promisedBytes;
    }

    /** Bytes that all streams may need. */
    public synchronized long promisedBytes() {
        return promisedBytes;
    }

    /** Bytes of memory that were made, in use or not. */
    synchronized long madeBytes() {
        return madeBytes;
    }

    /** Streams that have an audio thread. */
    public synchronized int streams() {
        return streams;
    }

    /** Threads that wait for a host's device. */
    public synchronized int openers() {
        return openers;
    }

    /** Promises the bytes that a stream may need. The caller has checked that they {@linkplain #fits fit}. */
    public synchronized void promise(long bytes) {
        promisedBytes += bytes;
    }

    /** Takes a promise back: the stream no longer needs it. */
    public synchronized void takeBack(long bytes) {
        promisedBytes -= bytes;
    }

    /** A chunk with undefined contents; null if there is none, and the sound for it is lost. */
    public @Nullable ByteBuffer take() {
        synchronized (this) {
            ByteBuffer chunk = unused.poll();
            if (chunk != null) {
                return chunk;
            }
            if (madeBytes > mostBytes - CHUNK_BYTES
                    || (noMemory && nanoTime.getAsLong() - noMemoryNanos < NO_MEMORY_NANOS)) {
                return null;
            }
            noMemory = false;
            madeBytes += CHUNK_BYTES;
        }
        try {
            return allocator.apply(CHUNK_BYTES);
        } catch (OutOfMemoryError e) { // the process has less than the budgets of its cards
            synchronized (this) {
                madeBytes -= CHUNK_BYTES;
                noMemory = true;
                noMemoryNanos = nanoTime.getAsLong();
            }
            return null;
        }
    }

    /** Gives a chunk back. */
    public synchronized void give(ByteBuffer chunk) {
        unused.push(chunk);
    }

    /** Whether another stream may have an audio thread; if so it counts until {@link #endStream}. */
    public synchronized boolean beginStream() {
        if (streams >= mostStreams) {
            return false;
        }
        streams++;
        return true;
    }

    public synchronized void endStream() {
        streams--;
    }

    /** Whether another thread may wait for a host's device; if so it counts until {@link #endOpener}. */
    public synchronized boolean beginOpener() {
        if (openers >= mostOpeners) {
            return false;
        }
        openers++;
        return true;
    }

    public synchronized void endOpener() {
        openers--;
    }

    /** Whether another line of the log may be written. */
    public synchronized boolean mayLog(long nowNanos) {
        if (spoken && nowNanos - spokenNanos < lineNanos) {
            return false;
        }
        spoken = true;
        spokenNanos = nowNanos;
        return true;
    }
}
