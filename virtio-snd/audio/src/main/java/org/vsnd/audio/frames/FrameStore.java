// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBudget;

/**
 * The memory of a stream's newest frames, which are identified by number. A chunk of the {@link AudioBudget} is taken
 * when its first frame is put, and reused once its frames are no longer needed: a store that holds little has little
 * memory, however large its capacity.
 *
 * <p>One thread puts frames, and another may get those put before, if the caller orders the two.
 */
public final class FrameStore {
    private final AudioBudget budget;
    private final int frameBytes;
    private final int chunkFrames;
    /** The chunk of frames {@code n * chunkFrames} and on is at {@code n} modulo the length. */
    private final @Nullable ByteBuffer[] chunks;
    /** Number of the first chunk present, and of the one after the last; written by the thread that puts. */
    private long firstChunk;

    private long endChunk;

    /**
     * An empty store, for which memory is promised and none is taken.
     *
     * @param capacityFrames most frames between the oldest that is needed and the newest
     */
    public FrameStore(AudioBudget budget, int frameBytes, int capacityFrames) {
        this.budget = budget;
        this.frameBytes = frameBytes;
        chunkFrames = AudioBudget.CHUNK_BYTES / frameBytes;
        chunks = new ByteBuffer[AudioBudget.chunks(frameBytes, capacityFrames)];
        budget.promise(AudioBudget.bytes(frameBytes, capacityFrames));
    }

    /**
     * Puts frames, from {@code index} of {@code src}.
     *
     * @param at number of the first, which follows the last that was put
     * @param neededFrom frames before this one are no longer needed; at most {@code capacityFrames} before the last
     * @return frames put; fewer than given only if there is no memory
     */
    public int put(long at, ByteBuffer src, int index, int frames, long neededFrom) {
        int done = 0;
        while (done < frames) {
            long frame = at + done;
            ByteBuffer chunk = chunkToFill(frame / chunkFrames, neededFrom / chunkFrames);
            if (chunk == null) {
                return done;
            }
            int inChunk = (int) (frame % chunkFrames);
            int now = Math.min(frames - done, chunkFrames - inChunk);
            chunk.put(inChunk * frameBytes, src, index + done * frameBytes, now * frameBytes);
            done += now;
        }
        return done;
    }

    private @Nullable ByteBuffer chunkToFill(long number, long neededFrom) {
        if (number < endChunk) {
            return chunks[slot(number)];
        }
        ByteBuffer chunk;
        if (firstChunk < endChunk && firstChunk < neededFrom) {
            chunk = chunks[slot(firstChunk)];
            chunks[slot(firstChunk)] = null;
            firstChunk++;
        } else {
            chunk = budget.take();
        }
        if (chunk != null) {
            chunks[slot(number)] = chunk;
            endChunk = number + 1;
        }
        return chunk;
    }

    /** Gets frames that were put and are still needed, to {@code index} of {@code dst}. */
    public void get(long at, ByteBuffer dst, int index, int frames) {
        int done = 0;
        while (done < frames) {
            long frame = at + done;
            ByteBuffer chunk = chunks[slot(frame / chunkFrames)];
            if (chunk == null) {
                throw new IllegalStateException("no frame " + frame);
            }
            int inChunk = (int) (frame % chunkFrames);
            int now = Math.min(frames - done, chunkFrames - inChunk);
            dst.put(index + done * frameBytes, chunk, inChunk * frameBytes, now * frameBytes);
            done += now;
        }
    }

    private int slot(long number) {
        return (int) (number % chunks.length);
    }

    /** Frees all memory and the promise. No thread may use it afterwards; must not be called twice. */
    public void close() {
        for (int i = 0; i < chunks.length; i++) {
            ByteBuffer chunk = chunks[i];
            if (chunk != null) {
                chunks[i] = null;
                budget.give(chunk);
            }
        }
        budget.takeBack((long) chunks.length * AudioBudget.CHUNK_BYTES);
    }
}
