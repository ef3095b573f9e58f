// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.audio.live.FreshestReport;
import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.LiveStream;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * What differs between playing and recording in the life of a {@link PulseStream}, and what both keep for it. Main loop's
 * thread only; nothing but {@link #connect} and {@link #ready} allocates.
 */
abstract class PulseSide {
    static final long AGAIN_NANOS = 2_000_000;

    private static final int CHUNK_BYTES = 32_768;
    private static final long REPORT_NANOS = 20_000_000;
    private static final int FIRST_REPORTS = 16; // close to one another, to see whether the server moves in steps

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

    /** @param converter null if the server takes and gives frames as they are */
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

    /** What is wanted of the server's stream. */
    HostState wanted(long nowNanos) {
        return live.wanted(nowNanos);
    }

    /** There is no stream of the server's, or it stands still by itself. */
    final void idle(long nowNanos) {
        live.idle(nowNanos);
    }

    /** The server's stream is gone, or stands still by itself. */
    void lost(long nowNanos) {
        live.lost(nowNanos);
    }

    /** Whether a new stream stands still until it is wanted to run. */
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

    /** The stream was stopped or let go on, as wanted. */
    abstract void corked(boolean corked, long nowNanos);

    /** A fresh report of the server's. */
    final void report(TimingInfo timing, long nowNanos) {
        if (timing.indexesGood() && gate.passes(timing.transportNanos(), nowNanos)) {
            take(timing, nowNanos);
        } else {
            reportDueNanos = nowNanos + AGAIN_NANOS;
        }
    }

    /** A report that can be believed; says when the next one is wanted. */
    abstract void take(TimingInfo timing, long nowNanos);

    /** The next report is wanted as usual. */
    final void awaitReport(long nowNanos) {
        long pauseNanos = freshest.stepping() ? FreshestReport.ASK_NANOS : REPORT_NANOS;
        reportDueNanos = nowNanos + (++reports < FIRST_REPORTS ? AGAIN_NANOS : pauseNanos);
    }

    /**
     * Moves frames.
     *
     * @return false if the server takes or gives no more
     */
    abstract boolean transfer(long stream, long nowNanos);

    /** When {@link #transfer} is due at the latest. */
    abstract long transferDueNanos();

    /** When the next report is wanted. */
    final long reportDueNanos() {
        return reportDueNanos;
    }
}
