// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.live.LiveCapture;
import org.vsnd.nativebind.libc.NativeBuffer;

/** Recording: passes what the server sends to a {@link LiveCapture} and tells it how far the server is. */
final class PulseCapture extends PulseSide {
    private final LiveCapture capture;
    private final byte @Nullable [] sourceName;
    private final @Nullable ChosenSource chosen;
    private final NativeBuffer peeked = new NativeBuffer(2 * Long.BYTES); // const void *data; size_t nbytes

    private boolean opened;

    /**
     * @param sourceName null: the server's default
     * @param chosen instead of it, if there are several
     */
    PulseCapture(
            LiveCapture capture, StreamLayout layout, byte @Nullable [] sourceName, @Nullable ChosenSource chosen) {
        super(capture, layout, layout.asIs() ? null : layout.fromServer());
        this.capture = capture;
        this.sourceName = sourceName;
        this.chosen = chosen;
    }

    @Override
    void lost(long nowNanos) {
        opened = false;
        super.lost(nowNanos);
    }

    @Override
    boolean captures() {
        return true;
    }

    @Override
    @Nullable
    ChosenSource chosen() {
        return chosen;
    }

    @Override
    boolean startsCorked() {
        return true;
    }

    @Override
    int connect(long stream) {
        attr.recording((int) Math.min(plan.blockFrames() * frameBytes, Integer.MAX_VALUE));
        int flags = LibPulse.PA_STREAM_ADJUST_LATENCY | LibPulse.PA_STREAM_START_CORKED;
        byte @Nullable [] name = chosen == null ? sourceName : chosen.connect();
        return LibPulse.pa_stream_connect_record(stream, name, attr.address(), flags);
    }

    @Override
    void ready(long stream, long nowNanos) {
        attr.update(stream);
        beginAnew(nowNanos);
    }

    @Override
    void moved(long stream, long nowNanos) {
        attr.update(stream);
        capture.xrun(nowNanos);
        beginAnew(nowNanos);
    }

    private void beginAnew(long nowNanos) {
        opened = false;
        reports = 0;
        freshest.forget();
        gate.open();
        reportDueNanos = nowNanos;
    }

    @Override
    void xrun(long nowNanos) {
        // a server that over-ran leaves a gap
    }

    @Override
    void corked(boolean corked, long nowNanos) {
        freshest.restart();
        reportDueNanos = nowNanos;
    }

    /**
     * A monitor gives frames before they are heard: {@code sink_usec} is how long before; for any other source it is
     * zero.
     */
    @Override
    void take(TimingInfo timing, long nowNanos) {
        if (!opened) {
            open(timing, nowNanos);
        }
        long airNanos = timing.sourceNanos() - timing.sinkNanos();
        long airFrames = clock.framesIn(airNanos);
        long restNanos = airNanos - clock.nanosOf(airFrames);
        long indexFrames = timing.writeIndexBytes() / frameBytes;
        boolean due = freshest.add(indexFrames + airFrames, timing.nanos() - restNanos, indexFrames, airNanos);
        awaitReport(nowNanos);
        if (due) {
            long takenFrames = timing.readIndexBytes() / frameBytes;
            capture.position(freshest.frames() - takenFrames, freshest.nanos());
        }
    }

    private void open(TimingInfo timing, long nowNanos) {
        opened = true;
        long chunkFrames = Math.max(clock.framesIn(timing.configuredSourceNanos()), attr.fragsize() / frameBytes);
        long latencyFrames = chunkFrames + plan.marginFrames();
        capture.opened(Math.max(latencyFrames, capture.params().targetFrames()), nowNanos);
    }

    @Override
    boolean transfer(long stream, long nowNanos) {
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
                capture.silence(length / frameBytes);
            } else {
                copy(address, length);
            }
            if (LibPulse.pa_stream_drop(stream) < 0) {
                return false;
            }
        }
    }

    private void copy(long address, long length) {
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
            capture.captured(guest);
            from += now;
            left -= now;
        }
    }

    @Override
    long transferDueNanos() {
        return PulseStream.NEVER;
    }
}
