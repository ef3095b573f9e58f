package org.vsnd.audio;

import java.nio.ByteBuffer;

/** The frames written last, for a host that drops them when it pauses. Audio thread only, allocates nothing. */
final class RecentFrames {
    private final int frameBytes;
    private final int capacityFrames;
    private final ByteBuffer bytes;
    private long written;
    private long kept; // frames there are, up to the capacity

    RecentFrames(int frameBytes, int capacityFrames) {
        this.frameBytes = frameBytes;
        this.capacityFrames = capacityFrames;
        bytes = ByteBuffer.allocateDirect(frameBytes * capacityFrames);
    }

    /** Remembers frames that stand in {@code src} at {@code at}. */
    void put(ByteBuffer src, int at, int frames) {
        int from = Math.max(0, frames - capacityFrames); // no more than it holds
        for (int done = from; done < frames; ) {
            int slot = (int) ((written + done) % capacityFrames);
            int now = Math.min(frames - done, capacityFrames - slot);
            bytes.put(slot * frameBytes, src, at + done * frameBytes, now * frameBytes);
            done += now;
        }
        written += frames;
        kept = Math.min(capacityFrames, kept + frames);
    }

    /**
     * Puts frames again, beginning with the one that was {@code back} frames ago.
     *
     * @return frames put, at most {@code most} and {@code back}
     */
    int get(ByteBuffer dst, long back, int most) {
        int frames = (int) Math.min(back, most);
        for (int done = 0; done < frames; ) {
            int slot = (int) ((written - back + done) % capacityFrames);
            int now = Math.min(frames - done, capacityFrames - slot);
            dst.put(dst.position(), bytes, slot * frameBytes, now * frameBytes);
            dst.position(dst.position() + now * frameBytes);
            done += now;
        }
        return frames;
    }

    long frames() {
        return kept;
    }

    void clear() {
        kept = 0;
    }
}
