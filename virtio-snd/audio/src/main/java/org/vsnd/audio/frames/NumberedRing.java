// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.nio.ByteBuffer;

/**
 * A {@link FrameRing} whose frames have numbers, so that a frame is found by its number even if frames before it are
 * missing. The numbers increase by one, except for jumps, which the producer makes; frames older than a jump that were
 * not read by then are dropped. One producer and one consumer; no lock, no allocation.
 */
public final class NumberedRing {
    private final FrameRing ring;

    private long written; // the producer's: frames in total
    // by the producer, read while version is even and stays the same
    private volatile int version;
    private volatile long jumpAt; // frames written before the newest jump
    private volatile long jumpNumber; // of the first frame after it

    // the consumer's
    private long taken; // frames in total
    private long readable; // as of look()
    private long first; // number of the oldest of these

    /** @param ring empty, and only used through this */
    public NumberedRing(FrameRing ring) {
        this.ring = ring;
    }

    /** As {@link FrameRing#capacityFrames}. */
    public int capacityFrames() {
        return ring.capacityFrames();
    }

    /** Producer: the next frame that is written has this number. */
    public void jump(long number) {
        int before = version;
        version = before + 1;
        jumpAt = written;
        jumpNumber = number;
        version = before + 2;
    }

    /** Producer: as {@link FrameRing#write}. */
    public int write(ByteBuffer src) {
        int frames = ring.write(src);
        written += frames;
        return frames;
    }

    /** Producer: as {@link FrameRing#writableFrames}. */
    public int writableFrames() {
        return ring.writableFrames();
    }

    /** Consumer: looks at what there is now. The other calls refer to that. */
    public void look() {
        long there = ring.readableFrames(); // before the jump, so that no frame after a newer jump is included
        long at;
        long number;
        int before;
        do {
            before = version;
            at = jumpAt;
            number = jumpNumber;
        } while ((before & 1) != 0 || before != version);
        int old = ring.skip(Math.min(there, at - taken));
        taken += old;
        readable = taken < at ? 0 : there - old;
        first = number + Math.max(0, taken - at);
    }

    /** Consumer: the number of the oldest frame, or of the next one to come. */
    public long firstNumber() {
        return first;
    }

    /** Consumer: the number after that of the newest frame. */
    public long endNumber() {
        return first + readable;
    }

    /** Consumer: drops the frames before this number. */
    public void skipTo(long number) {
        took(ring.skip(Math.min(readable, number - first)));
    }

    /** Consumer: takes frames, from position to limit of {@code dst}, as many as there are. */
    public void read(ByteBuffer dst) {
        int limit = dst.limit();
        long mostBytes = readable * ring.frameBytes();
        if (dst.remaining() > mostBytes) {
            dst.limit(dst.position() + (int) mostBytes);
        }
        took(ring.read(dst));
        dst.limit(limit);
    }

    /** Producer or consumer: as {@link FrameRing#leave}. */
    public void leave() {
        ring.leave();
    }

    /** As {@link FrameRing#discard}. */
    public void discard() {
        ring.discard();
    }

    private void took(int frames) {
        taken += frames;
        first += frames;
        readable -= frames;
    }
}
