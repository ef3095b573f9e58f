// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.HostVolume;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.audio.live.FreshestReport;
import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.LiveStream;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * The differences between playback and recording in the life of a {@link PulseStream}, and their common state. Main
 * loop's thread only; only {@link #connect} and {@link #ready} allocate.
 */
abstract class PulseSide {
    static final long AGAIN_NANOS = 2_000_000;

    private static final int CHUNK_BYTES = 32_768;
    private static final long REPORT_NANOS = 20_000_000;
    private static final int FIRST_REPORTS = 16; // close together, to see whether the server moves in steps

    final FrameClock clock;
    final LatencyPlan plan;
    final FreshestReport freshest;
    final ReportGate gate = new ReportGate();
    final BufferAttr attr = new BufferAttr();
    final int frameBytes; // of the server's frames
    final NativeBuffer host;
    final ByteBuffer guest; // the same memory if nothing is converted
    final @Nullable SampleConverter converter;

    int reports; // since it was opened
    long reportDueNanos;

    private final LiveStream live;

    /** @param converter null if the server takes and gives frames unchanged */
    PulseSide(LiveStream live, StreamLayout layout, @Nullable SampleConverter converter) {
        this.live = live;
        this.converter = converter;
        PcmParams params = live.params();
        clock = new FrameClock(params.rateHz());
        plan = new LatencyPlan(params);
        freshest = new FreshestReport(params.rateHz());
        frameBytes = layout.frameBytes();
        int chunkFrames = Math.max(1, CHUNK_BYTES / frameBytes);
        host = new NativeBuffer(chunkFrames * frameBytes);
        guest = converter == null ? host.bytes() : ByteBuffer.allocateDirect(chunkFrames * params.frameBytes());
    }

    /** The state wanted of the server's stream. */
    HostState wanted(long nowNanos) {
        return live.wanted(nowNanos);
    }

    /** The volume that the server's stream has; null if it is left alone. */
    final @Nullable HostVolume volume() {
        return live.volume();
    }

    /** The server has no stream, or it stands still on its own. */
    final void idle(long nowNanos) {
        live.idle(nowNanos);
    }

    /** The server's stream is gone, or stands still on its own. */
    void lost(long nowNanos) {
        live.lost(nowNanos);
    }

    /** Whether it records. */
    abstract boolean captures();

    /** Which of several sources it records from; null if there is nothing to choose. */
    @Nullable
    ChosenSource chosen() {
        return null;
    }

    /** Whether a new stream stands still until it is to run. */
    abstract boolean startsCorked();

    /**
     * Connects a new stream.
     *
     * @return negative if that failed
     */
    abstract int connect(long stream);

    /** The server's stream is there. */
    abstract void ready(long stream, long nowNanos);

    /** The server moved the stream to another device. */
    abstract void moved(long stream, long nowNanos);

    /** The server ran dry. */
    abstract void xrun(long nowNanos);

    /** The stream was corked or uncorked, as requested. */
    abstract void corked(boolean corked, long nowNanos);

    /** A new report from the server has arrived. */
    final void report(TimingInfo timing, long nowNanos) {
        if (timing.indexesGood() && gate.passes(timing.transportNanos(), nowNanos)) {
            take(timing, nowNanos);
        } else {
            reportDueNanos = nowNanos + AGAIN_NANOS;
        }
    }

    /** Handles a report that can be believed, and sets the time for the next one. */
    abstract void take(TimingInfo timing, long nowNanos);

    /** Sets the usual time for the next report. */
    final void awaitReport(long nowNanos) {
        long pauseNanos = freshest.stepping() ? FreshestReport.ASK_NANOS : REPORT_NANOS;
        reportDueNanos = nowNanos + (++reports < FIRST_REPORTS ? AGAIN_NANOS : pauseNanos);
    }

    /**
     * Moves frames.
     *
     * @return false if the server takes or has no more
     */
    abstract boolean transfer(long stream, long nowNanos);

    /** The latest time for {@link #transfer}. */
    abstract long transferDueNanos();

    /** The time for the next report. */
    final long reportDueNanos() {
        return reportDueNanos;
    }
}
