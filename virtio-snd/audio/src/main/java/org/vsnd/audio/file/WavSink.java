// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.frames.FrameRing;

/** Passes frames to the WAV thread through a ring. Follows the device's clock. */
final class WavSink implements AudioSink {
    private static final int SILENCE_FRAMES = 480;

    private final PcmParams params;
    private final WavTrack track;
    private final FileThread thread;
    private final boolean waitWhenFull;
    private final ByteBuffer silence;
    private boolean closed;

    WavSink(PcmParams params, WavTrack track, FileThread thread, boolean waitWhenFull) {
        this.params = params;
        this.track = track;
        this.thread = thread;
        this.waitWhenFull = waitWhenFull;
        silence = ByteBuffer.allocate(SILENCE_FRAMES * params.frameBytes());
        params.format().fillSilence(silence);
    }

    @Override
    public long targetFrames() {
        return params.targetFrames();
    }

    @Override
    public int write(ByteBuffer frames) {
        FrameRing ring = track.ring();
        int wanted = frames.remaining() / params.frameBytes();
        if (closed) {
            return 0;
        }
        int taken = ring.write(frames);
        if (taken < wanted && waitWhenFull) {
            long since = System.nanoTime();
            while (taken < wanted && thread.await(since)) {
                taken += ring.write(frames);
            }
        }
        if (taken < wanted) {
            track.countLost(wanted - taken);
        }
        if (ring.readableFrames() > ring.capacityFrames() / 2) {
            thread.wake();
        }
        return taken;
    }

    @Override
    public void gap(long frames) {
        long left = Math.min(frames, params.rateHz());
        while (left > 0) {
            int now = (int) Math.min(left, SILENCE_FRAMES);
            silence.clear().limit(now * params.frameBytes());
            write(silence);
            left -= now;
        }
    }

    @Override
    public void start() {}

    @Override
    public void pause() {}

    @Override
    public void drain() {
        thread.wake();
    }

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            track.release();
            thread.wake();
        }
    }
}
