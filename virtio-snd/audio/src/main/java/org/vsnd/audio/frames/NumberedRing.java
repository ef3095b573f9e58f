// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.nio.ByteBuffer;

/**
 * A {@link FrameRing} whose frames have numbers, so that a frame is found by its number whatever is missing before it. The
 * numbers go on by one, but for jumps, which the producer makes; what is older than a jump and was not read by then is
 * dropped. One producer and one consumer; no lock, no allocation.
 */
public final class NumberedRing {
    private final FrameRing ring;

    private long written; // the producer's: frames ever
    // by the producer, read while version is even and stays the same
    private volatile int version;
    private volatile long jumpAt; // frames written before the newest jump
    private volatile long jumpNumber; // of the first frame behind it

    // the consumer's
    private long taken; // frames ever
    private long readable; // as of look()
    private long first; // number of the oldest of these

    /** @param ring used through this only, and empty */
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

    /** Consumer: looks what there is now. What the other calls say, and do, is about that. */
    public void look() {
        long there = ring.readableFrames(); // before the jump, so that no frame behind a newer one is among them
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

    /** Consumer: the number of the oldest frame there is, or of the next that comes. */
    public long firstNumber() {
        return first;
    }

    /** Consumer: the number behind that of the newest frame there is. */
    public long endNumber() {
        return first + readable;
    }

    /** Consumer: drops what there is before this number. */
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
