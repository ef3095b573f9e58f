// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.frames.FrameStore;

/** The most recent frames, for a host that drops them when it pauses. Audio thread only. */
final class RecentFrames {
    private final int frameBytes;
    private final int capacityFrames;
    private final FrameStore store;
    private long written;
    private long kept; // frames, up to the capacity

    RecentFrames(AudioBudget budget, int frameBytes, int capacityFrames) {
        this.frameBytes = frameBytes;
        this.capacityFrames = capacityFrames;
        store = new FrameStore(budget, frameBytes, capacityFrames);
    }

    /** Remembers frames of {@code src} at {@code at}. */
    void put(ByteBuffer src, int at, int frames) {
        for (int done = 0; done < frames; ) {
            int now = Math.min(frames - done, capacityFrames);
            int put = store.put(written, src, at + done * frameBytes, now, Math.max(0, written + now - capacityFrames));
            written += put;
            kept = put < now ? 0 : Math.min(capacityFrames, kept + now); // without memory a part would be useless
            done += now;
        }
    }

    /**
     * Puts frames again, starting with the one that was {@code back} frames ago.
     *
     * @return frames put, at most {@code most} and {@code back}
     */
    int get(ByteBuffer dst, long back, int most) {
        int frames = (int) Math.min(back, most);
        store.get(written - back, dst, dst.position(), frames);
        dst.position(dst.position() + frames * frameBytes);
        return frames;
    }

    long frames() {
        return kept;
    }

    void clear() {
        kept = 0;
    }

    void close() {
        store.close();
    }
}
