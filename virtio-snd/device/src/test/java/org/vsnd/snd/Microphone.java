// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.LiveCapture;

/**
 * A host's device that records by its own clock, whoever reads or does not: a tone on the left, the number of the frame on
 * the right. It hands over a chunk when that is full, unless the server stands still just then; the {@link LiveCapture} is
 * the one that real back ends have.
 */
final class Microphone implements AudioSource {
    static final double TONE_HZ = 440;
    static final int AMPLITUDE = 16_000;
    /** Frames are handed over by so many. */
    static final int CHUNK = 480;

    /** The right channel counts from 1 to here: silence has no number. */
    static final int NUMBERS = Short.MAX_VALUE;

    private final LiveHost host;
    private final LiveCapture capture;
    private final AudioSource reader;
    private final ByteBuffer chunk = ByteBuffer.allocate(4 * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    private boolean open;
    private boolean running;
    private long nextFrame; // the first that was not handed over
    private long heldUntilNanos = Long.MIN_VALUE;

    Microphone(LiveHost host, PcmParams params) {
        this.host = host;
        capture = new LiveCapture(params, () -> {}, () -> host.thread.nowNanos);
        reader = capture.source();
    }

    /** Nothing is handed over for so long, and then all of it at once. */
    void standStill(long nanos) {
        heldUntilNanos = host.thread.nowNanos + nanos;
    }

    /** The frame in the air at a time. */
    long airAt(long nanos) {
        return (long) ((nanos - host.startNanos) * framesPerNano());
    }

    private double framesPerNano() {
        return 48e-6 * (1 + host.capturePpm / 1e6);
    }

    /** How old in frames a frame is whose number was read. */
    long ageAt(long nanos, int number) {
        return Math.floorMod(airAt(nanos) + 1 - number, (long) NUMBERS);
    }

    /** The host's thread does what it should have done by now. */
    void work() {
        long nowNanos = host.thread.nowNanos;
        HostState wanted = capture.wanted(nowNanos);
        if (!open && wanted != HostState.CLOSE) {
            open = true;
            capture.opened(LiveHost.LATENCY, nowNanos);
        }
        if (running != (wanted == HostState.RUN)) {
            running = !running;
            nextFrame = airAt(nowNanos);
            capture.position(0, nowNanos);
        }
        while (running && nowNanos >= heldUntilNanos && nextFrame + CHUNK <= airAt(nowNanos)) {
            handOver(nowNanos);
        }
    }

    private void handOver(long nowNanos) {
        chunk.clear();
        for (int i = 0; i < CHUNK; i++) {
            double phase = 2 * Math.PI * TONE_HZ / 48_000 * nextFrame;
            chunk.putShort((short) Math.rint(AMPLITUDE * Math.sin(phase)));
            chunk.putShort((short) (1 + nextFrame++ % NUMBERS));
        }
        capture.captured(chunk.flip());
        long fullNanos = host.startNanos + (long) Math.ceil(nextFrame / framesPerNano());
        long atNanos = Math.max(fullNanos, Math.min(heldUntilNanos, nowNanos));
        capture.position(airAt(atNanos) - nextFrame + host.noise(), atNanos);
    }

    @Override
    public long latencyFrames() {
        return reader.latencyFrames();
    }

    @Override
    public void start() {
        work();
        reader.start();
        work();
    }

    @Override
    public void pause() {
        work();
        reader.pause();
        work();
    }

    @Override
    public int read(ByteBuffer dst, long dueFrames) {
        work();
        return reader.read(dst, dueFrames);
    }

    @Override
    public void skip(long frames, long dueFrames) {
        work();
        reader.skip(frames, dueFrames);
    }

    @Override
    public long takeSpareFrames() {
        return reader.takeSpareFrames();
    }

    @Override
    public PositionReports reports() {
        work();
        return reader.reports();
    }

    @Override
    public void close() {
        reader.close();
        work();
    }
}
