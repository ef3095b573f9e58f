// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.unpaced;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/**
 * Recording of an {@link UnpacedBackend}. The live source is read as if by the host's clock: it holds frames that were
 * recorded but not read. Those beyond what the guest is asking for are the cushion.
 */
final class UnpacedSource implements AudioSource {
    private final AudioSource live;
    private final PcmParams params;
    private final FrameClock clock;
    private final LongSupplier nanoTime;
    private final Consumer<String> warning;
    private final long cushionFrames;
    private final long mostFrames;
    private final PositionReports.Report report = new PositionReports.Report();

    private boolean running;
    private long standingFrames; // recorded when it was paused
    private long anchorFrames; // recorded since the first start, and readable
    private long anchorNanos; // at this time
    private long takenFrames; // of the live source, read or dropped
    private boolean filling = true; // the cushion
    private boolean begun;
    private long droppedFrames;
    private long silentFrames;

    /** @param params of the live source */
    UnpacedSource(
            AudioSource live, PcmParams params, long cushionFrames, LongSupplier nanoTime, Consumer<String> warning) {
        this.live = live;
        this.params = params;
        this.cushionFrames = cushionFrames;
        this.nanoTime = nanoTime;
        this.warning = warning;
        clock = new FrameClock(params.rateHz());
        mostFrames = params.burstFrames() + 2 * cushionFrames;
    }

    @Override
    public long latencyFrames() {
        return params.targetFrames() + cushionFrames; // whatever the host grants: guest time does not depend on it
    }

    @Override
    public void start() {
        if (!running) {
            running = true;
            anchor(standingFrames, nanoTime.getAsLong());
        }
        live.start();
    }

    @Override
    public void pause() {
        if (running) {
            standingFrames = recordedFrames();
            running = false;
        }
        live.pause();
    }

    @Override
    public int read(ByteBuffer dst, long dueFrames) {
        int frames = dst.remaining() / params.frameBytes();
        long askedFrames = Math.max(frames, dueFrames);
        long leftFrames = leftFrames();
        dropSpare(leftFrames);
        if (leftFrames - askedFrames > mostFrames) {
            long tooMany = leftFrames - askedFrames - cushionFrames;
            take(tooMany, leftFrames);
            droppedFrames += tooMany;
            leftFrames -= tooMany;
            warning.accept("the guest records slower than the host or stood still, and some of it is missing");
        }
        long padFrames = 0;
        if (filling) {
            padFrames = Math.min(frames, Math.max(0, askedFrames + cushionFrames - leftFrames));
            filling = padFrames == frames;
        }
        int goodFrames = (int) Math.min(frames - padFrames, leftFrames);
        silence(dst, padFrames);
        takeInto(dst, goodFrames, leftFrames);
        long lackingFrames = frames - padFrames - goodFrames;
        silence(dst, lackingFrames);
        filling |= lackingFrames > 0;
        count(padFrames + lackingFrames);
        begun |= goodFrames > 0;
        return frames;
    }

    /** The host is no longer late: this many frames more may be read, and are dropped. */
    private void dropSpare(long leftFrames) {
        long spareFrames = live.takeSpareFrames();
        if (spareFrames > 0) {
            if (running) {
                anchorFrames += spareFrames; // like the live source's reports from here on
            } else {
                standingFrames += spareFrames;
            }
            take(spareFrames, leftFrames + spareFrames);
            droppedFrames += spareFrames;
        }
    }

    private void count(long silence) {
        if (silence > 0 && begun) {
            silentFrames += silence;
            warning.accept("the guest records faster than the host, and gets silence in between");
        }
    }

    @Override
    public void skip(long frames, long dueFrames) {
        long leftFrames = leftFrames();
        take(Math.min(frames, leftFrames), leftFrames);
    }

    /** Frames of the live source that may be read: those that are due by its own clock. */
    private long leftFrames() {
        return Math.max(0, recordedFrames() - takenFrames);
    }

    private void take(long frames, long leftFrames) {
        live.skip(frames, leftFrames);
        takenFrames += frames;
    }

    private void takeInto(ByteBuffer dst, int frames, long leftFrames) {
        if (frames == 0) {
            take(0, leftFrames); // lets it find its place
            return;
        }
        int limit = dst.limit();
        int end = dst.position() + frames * params.frameBytes();
        dst.limit(end);
        live.read(dst, leftFrames);
        params.format().fillSilence(dst);
        dst.limit(limit);
        takenFrames += frames;
    }

    private void silence(ByteBuffer dst, long frames) {
        int limit = dst.limit();
        dst.limit(dst.position() + (int) frames * params.frameBytes());
        params.format().fillSilence(dst);
        dst.limit(limit);
    }

    private long recordedFrames() {
        while (live.reports().poll(report)) {
            if (running && report.kind == PositionReports.Kind.POSITION && report.nanos > anchorNanos) {
                anchor(report.frames, report.nanos);
            }
        }
        return running ? anchorFrames + clock.framesIn(nanoTime.getAsLong() - anchorNanos) : standingFrames;
    }

    private void anchor(long frames, long nanos) {
        anchorFrames = frames;
        anchorNanos = nanos;
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
    public boolean followsChoice() {
        return live.followsChoice();
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
