// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/**
 * A host's playback in simulated time: S16 stereo at 48 kHz, a frame is one number and silence is 0. Plays one frame every
 * 1/48,000 s, and writes down what was heard when.
 */
public final class SimulatedHost {
    static final int RATE_HZ = 48_000;
    public static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, 960);
    static final long MS = 1_000_000;

    private static final FrameClock CLOCK = new FrameClock(RATE_HZ);

    public final LivePlayback playback;
    /** What was heard, frame by frame, since {@link #open}. */
    public final List<Integer> heard = new ArrayList<>();

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4 * RATE_HZ).order(ByteOrder.LITTLE_ENDIAN);
    private final List<Integer> queue = new ArrayList<>();
    private final int chunkFrames;
    private long nowNanos = 1_000_000_000_000L;
    private long playedFrames;
    private boolean open;
    private int next = 1;

    /** @param chunkFrames most frames the host takes at once */
    public SimulatedHost(int chunkFrames) {
        this.chunkFrames = chunkFrames;
        playback = new LivePlayback(PARAMS, () -> {}, this::nanoTime);
    }

    public long nanoTime() {
        return nowNanos;
    }

    public void open(long grantedFrames, long neededFrames) {
        open = true;
        queue.clear();
        heard.clear();
        playback.opened(grantedFrames, neededFrames, nowNanos);
        fill();
    }

    public void lose() {
        open = false;
        playback.lost(nowNanos);
    }

    /** The device hands over frames numbered on from the last ones. */
    public void hand(AudioSink sink, int frames) {
        ByteBuffer data = ByteBuffer.allocate(4 * frames).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < frames; i++) {
            data.putInt(next++);
        }
        if (sink.write(data.flip()) != frames) {
            throw new AssertionError("not all taken");
        }
        fill();
    }

    /** Time passes, frame by frame; the audio thread comes when it asked to. */
    public void advance(long frames) {
        for (long i = 0; i < frames; i++) {
            playedFrames++;
            nowNanos += CLOCK.nanosOf(playedFrames) - CLOCK.nanosOf(playedFrames - 1);
            if (!open) {
                playback.idle(nowNanos);
            } else if (playback.wanted(nowNanos) == HostState.RUN) {
                heard.add(queue.isEmpty() ? -1 : queue.remove(0));
                if (nowNanos >= playback.fillAgainNanos()) {
                    fill();
                }
                playback.heard(queue.size(), nowNanos);
            }
        }
    }

    /** The host drops what is queued, as ALSA does without a pause. */
    void dropQueue() {
        int frames = queue.size();
        queue.clear();
        playback.thrownAway(frames);
    }

    public int queuedFrames() {
        return queue.size();
    }

    void fill() {
        if (!open) {
            return;
        }
        buffer.clear().limit(4 * chunkFrames);
        while (playback.fill(buffer, queue.size(), nowNanos) > 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                queue.add(buffer.getInt());
            }
            buffer.clear().limit(4 * chunkFrames);
        }
    }

    /** The reports since the last call, as {@code KIND frames}. */
    static List<String> reports(AudioSink sink) {
        List<String> all = new ArrayList<>();
        PositionReports.Report report = new PositionReports.Report();
        while (sink.reports().poll(report)) {
            all.add(report.kind == PositionReports.Kind.POSITION ? "at " + report.frames : report.kind.name());
        }
        return all;
    }
}
