// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.audio.live.FreshestReport;
import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.Recording;
import org.vsnd.nativebind.libc.NativeBuffer;

/** Recording: passes what the server sends to a {@link Recording} and tells it how far the server is. */
final class RecordingSide implements HostSide {
    private static final int CHUNK_BYTES = 32_768;
    private static final long REPORT_NANOS = 20_000_000;
    private static final long AGAIN_NANOS = 2_000_000;
    private static final int FIRST_REPORTS = 16; // close together, to see whether the server moves in steps

    private final Recording recording;
    private final byte @Nullable [] sourceName;
    private final FrameClock clock;
    private final LatencyPlan plan;
    private final FreshestReport freshest;
    private final ReportGate gate = new ReportGate();
    private final BufferAttr attr = new BufferAttr();
    private final NativeBuffer peeked = new NativeBuffer(2 * Long.BYTES); // const void *data; size_t nbytes
    private final int frameBytes; // of the server's frames
    private final NativeBuffer host;
    private final ByteBuffer guest; // the same memory if nothing is converted
    private final @Nullable SampleConverter converter;

    private boolean opened;
    private int reports; // since it was opened
    private long reportDueNanos;

    RecordingSide(Recording recording, StreamLayout layout, byte @Nullable [] sourceName) {
        this.recording = recording;
        this.sourceName = sourceName;
        PcmParams params = recording.params();
        clock = new FrameClock(params.rateHz());
        plan = new LatencyPlan(params);
        freshest = new FreshestReport(clock.rateHz());
        frameBytes = layout.frameBytes();
        int chunkFrames = Math.max(1, CHUNK_BYTES / frameBytes);
        host = new NativeBuffer(chunkFrames * frameBytes);
        converter = layout.asIs() ? null : layout.fromServer();
        guest = converter == null ? host.bytes() : ByteBuffer.allocateDirect(chunkFrames * params.frameBytes());
    }

    @Override
    public HostState wanted(long nowNanos) {
        return recording.wanted(nowNanos);
    }

    @Override
    public void idle(long nowNanos) {
        // meanwhile the engine's reader gets silence
    }

    @Override
    public void lost(long nowNanos) {
        opened = false;
        recording.lost(nowNanos);
    }

    @Override
    public boolean startsCorked() {
        return true;
    }

    @Override
    public int connect(long stream) {
        attr.recording((int) Math.min(plan.blockFrames() * frameBytes, Integer.MAX_VALUE));
        int flags = LibPulse.PA_STREAM_ADJUST_LATENCY | LibPulse.PA_STREAM_START_CORKED;
        return LibPulse.pa_stream_connect_record(stream, sourceName, attr.address(), flags);
    }

    @Override
    public void ready(long stream, long nowNanos) {
        attr.update(stream);
        opened = false;
        reports = 0;
        freshest.forget();
        gate.open();
        reportDueNanos = nowNanos;
    }

    @Override
    public void moved(long stream, long nowNanos) {
        attr.update(stream);
        recording.xrun(nowNanos);
        opened = false;
        reports = 0;
        freshest.forget();
        gate.open();
        reportDueNanos = nowNanos;
    }

    @Override
    public void xrun(long nowNanos) {
        // a server that over-ran leaves a gap
    }

    @Override
    public void corked(boolean corked, long nowNanos) {
        freshest.restart();
        reportDueNanos = nowNanos;
    }

    /**
     * A monitor gives frames before they are heard: {@code sink_usec} is how long before; for any other source it is
     * zero.
     */
    @Override
    public void report(TimingInfo timing, long nowNanos) {
        if (!timing.indexesGood() || !gate.passes(timing.transportNanos(), nowNanos)) {
            reportDueNanos = nowNanos + AGAIN_NANOS;
            return;
        }
        if (!opened) {
            open(timing, nowNanos);
        }
        long airNanos = timing.sourceNanos() - timing.sinkNanos();
        long airFrames = clock.framesIn(airNanos);
        long restNanos = airNanos - clock.nanosOf(airFrames);
        long indexFrames = timing.writeIndexBytes() / frameBytes;
        boolean due = freshest.add(indexFrames + airFrames, timing.nanos() - restNanos, indexFrames, airNanos);
        long pauseNanos = freshest.stepping() ? FreshestReport.ASK_NANOS : REPORT_NANOS;
        reportDueNanos = nowNanos + (++reports < FIRST_REPORTS ? AGAIN_NANOS : pauseNanos);
        if (due) {
            long takenFrames = timing.readIndexBytes() / frameBytes;
            recording.position(freshest.frames() - takenFrames, freshest.nanos());
        }
    }

    private void open(TimingInfo timing, long nowNanos) {
        opened = true;
        long chunkFrames = Math.max(clock.framesIn(timing.configuredSourceNanos()), attr.fragsize() / frameBytes);
        long latencyFrames = chunkFrames + plan.marginFrames();
        recording.opened(Math.max(latencyFrames, recording.params().targetFrames()), nowNanos);
    }

    @Override
    public boolean transfer(long stream, long nowNanos) {
        if (!opened) {
            return true;
        }
        ByteBuffer where = peeked.bytes();
        while (true) {
            if (LibPulse.pa_stream_peek(stream, peeked.address(), peeked.address() + Long.BYTES) < 0) {
                return false;
            }
            long address = where.getLong(0);
            long length = where.getLong(Long.BYTES);
            if (length == 0) {
                return true;
            }
            if (address == 0) {
                recording.silence(length / frameBytes);
            } else {
                take(address, length);
            }
            if (LibPulse.pa_stream_drop(stream) < 0) {
                return false;
            }
        }
    }

    private void take(long address, long length) {
        long left = length - length % frameBytes;
        long from = address;
        while (left > 0) {
            int now = (int) Math.min(left, host.capacity());
            host.copyFrom(from, now);
            host.bytes().clear().limit(now);
            if (converter != null) {
                guest.clear();
                converter.convert(host.bytes(), guest);
                guest.flip();
            }
            recording.captured(guest);
            from += now;
            left -= now;
        }
    }

    @Override
    public long transferDueNanos() {
        return PulseStream.NEVER;
    }

    @Override
    public long reportDueNanos() {
        return reportDueNanos;
    }
}
