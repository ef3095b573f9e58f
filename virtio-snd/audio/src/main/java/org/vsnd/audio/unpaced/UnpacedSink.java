// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.unpaced;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/**
 * Playback of an {@link UnpacedBackend}. Derives the queue's length from the live sink's positions, at nominal pace in
 * between.
 */
final class UnpacedSink implements AudioSink {
    private final AudioSink live;
    private final PcmParams params;
    private final FrameClock clock;
    private final LongSupplier nanoTime;
    private final Consumer<String> warning;
    private final long mostFrames;
    private final PositionReports.Report report = new PositionReports.Report();

    private boolean paused;
    private long pausedFrames; // queued when paused
    private long writtenFrames; // to the live sink
    private long anchorFrames; // this many of them were heard
    private long anchorNanos; // at this time
    private boolean silenceInOrder = true; // the guest has nothing to play
    private boolean dropping;
    private long droppedFrames;
    private long silentFrames;

    /** @param params of the live sink */
    UnpacedSink(AudioSink live, PcmParams params, LongSupplier nanoTime, Consumer<String> warning) {
        this.live = live;
        this.params = params;
        this.nanoTime = nanoTime;
        this.warning = warning;
        clock = new FrameClock(params.rateHz());
        mostFrames = params.burstFrames() + 2 * params.targetFrames();
        anchorNanos = nanoTime.getAsLong();
    }

    @Override
    public long targetFrames() {
        return params.targetFrames(); // whatever the host grants: guest time does not depend on it
    }

    @Override
    public int write(ByteBuffer frames) {
        int given = frames.remaining() / params.frameBytes();
        long nowNanos = nanoTime.getAsLong();
        takeReports();
        long queuedFrames = queuedFrames(nowNanos);
        if (queuedFrames <= 0) {
            queuedFrames = begin(-queuedFrames, nowNanos);
        }
        silenceInOrder = false;
        dropping = dropping ? queuedFrames > params.targetFrames() : queuedFrames + given > mostFrames;
        int taken = dropping ? 0 : live.write(frames);
        writtenFrames += taken;
        if (taken < given) {
            frames.position(frames.position() + (given - taken) * params.frameBytes());
            droppedFrames += given - taken;
            warning.accept("the guest plays faster than the host, and the excess is not heard");
        }
        return given;
    }

    /** The queue has been empty for this long: what is written now is heard the live sink's latency later. */
    private long begin(long dryFrames, long nowNanos) {
        long latencyFrames = live.targetFrames();
        if (!silenceInOrder) {
            silentFrames += dryFrames + latencyFrames;
            warning.accept("the guest plays slower than the host or stood still, and there is silence in between");
        }
        anchor(writtenFrames, nowNanos + clock.nanosOf(latencyFrames));
        dropping = false;
        return latencyFrames;
    }

    private long queuedFrames(long nowNanos) {
        return writtenFrames - anchorFrames - clock.framesIn(nowNanos - anchorNanos);
    }

    private void anchor(long frames, long nanos) {
        anchorFrames = frames;
        anchorNanos = nanos;
    }

    private void takeReports() {
        while (live.reports().poll(report)) {
            // what is heard of before the last beginning, or a pause, is over
            if (report.kind == PositionReports.Kind.POSITION
                    && report.nanos > anchorNanos
                    && report.frames > anchorFrames
                    && report.frames <= writtenFrames) {
                anchor(report.frames, report.nanos);
            }
        }
    }

    @Override
    public void gap(long frames) {
        silenceInOrder = true;
        live.gap(frames);
    }

    @Override
    public void start() {
        if (paused) {
            paused = false;
            anchor(writtenFrames - pausedFrames, nanoTime.getAsLong());
        } else {
            silenceInOrder = true;
        }
        live.start();
    }

    @Override
    public void pause() {
        if (!paused) {
            paused = true;
            takeReports();
            pausedFrames = Math.max(0, queuedFrames(nanoTime.getAsLong()));
        }
        live.pause();
    }

    @Override
    public void drain() {
        silenceInOrder = true;
        live.drain();
    }

    @Override
    public long droppedFrames() {
        return droppedFrames;
    }

    @Override
    public long silentFrames() {
        return silentFrames;
    }

    @Override
    public boolean isMakeshift() {
        return live.isMakeshift();
    }

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {
        live.close();
    }
}
