// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.StreamMemory;
import org.vsnd.audio.frames.FrameRing;
import org.vsnd.audio.frames.NumberedRing;

/**
 * One capture stream of a live host audio system, between the back end's audio thread and the device thread, which reads
 * through its {@link #source}. The host opens its device when the recording is made and holds it; it records from the
 * source's start on. When nothing was to be recorded for a while the host lets its device go, until it is wanted again.
 *
 * <p>{@link #source} is the device thread's; everything else is called by the audio thread only. Allocates nothing after
 * construction. Times are {@link System#nanoTime()}.
 */
public final class Recording {
    private final PcmParams params;
    private final NumberedRing ring;
    private final RecordingReader reader;
    private final PositionReports reports = new PositionReports();
    private final ByteBuffer silence;
    private final JumpWatch jumps;

    private boolean open;
    private boolean running;
    private long hostFrames; // captured, since the recording was made: the number of the next frame
    private boolean dropping; // the ring is full

    /**
     * A recording that is not open yet.
     *
     * @param wake tells the audio thread that there is something to do: any thread, must neither block nor allocate
     */
    public Recording(PcmParams params, Runnable wake) {
        this(params, wake, System::nanoTime);
    }

    /**
     * The same, in a time of one's own.
     *
     * @param nanoTime of the device thread
     */
    public Recording(PcmParams params, Runnable wake, LongSupplier nanoTime) {
        this.params = params;
        jumps = new JumpWatch(params.rateHz());
        silence = ByteBuffer.allocate(params.frameBytes() * 256); // before the budget's memory: there may be none
        params.format().fillSilence(silence);
        ring = new NumberedRing(
                new FrameRing(params.budget(), params.frameBytes(), StreamMemory.captureRingFrames(params)));
        reader = new RecordingReader(params, ring, reports, wake, nanoTime);
    }

    /** Nobody will call anything but the source any more: the memory is given back as soon as that is closed. */
    public void close() {
        ring.leave();
    }

    /** Instead of everything else: what was to use it cannot be made, and its memory is given back. */
    public void discard() {
        ring.discard();
    }

    /** What the stream sounds like. */
    public PcmParams params() {
        return params;
    }

    /** Device thread: the way out. */
    public AudioSource source() {
        return reader;
    }

    /**
     * The host's device is open.
     *
     * @param latencyFrames from the air to {@link #captured}, at worst: the host's chunks and the way here included
     */
    public void opened(long latencyFrames, long nowNanos) {
        open = true;
        reader.granted(latencyFrames);
        begin();
    }

    /** What the host's stream should do now. */
    public HostState wanted(long nowNanos) {
        HostState wanted = reader.wanted(nowNanos);
        boolean run = wanted == HostState.RUN;
        if (run && !running) {
            begin(); // where its clock was while it stood still says nothing
        }
        running = run;
        return wanted;
    }

    /** The host's next frames, from position to limit; all of them are taken. */
    public void captured(ByteBuffer frames) {
        int count = frames.remaining() / params.frameBytes();
        if (dropping && ring.writableFrames() >= count) {
            dropping = false;
            ring.jump(hostFrames);
        }
        if (!dropping && ring.write(frames) < count) {
            dropping = true; // the device thread is far behind: it will go on with what is new
        }
        frames.position(frames.limit());
        hostFrames += count;
    }

    /** A hole in what the host recorded. */
    public void silence(long frames) {
        long leftFrames = frames;
        while (leftFrames > 0) {
            int now = (int) Math.min(leftFrames, silence.capacity() / params.frameBytes());
            captured(silence.clear().limit(now * params.frameBytes()));
            leftFrames -= now;
        }
    }

    /**
     * The host's clock: {@code delayFrames} frames recorded at {@code nanos} have not been given to {@link #captured} yet.
     * To be said at least once after {@link #opened}, after {@link #xrun}, and whenever it runs again.
     */
    public void position(long delayFrames, long nanos) {
        if (!open) {
            return;
        }
        long airFrame = hostFrames + delayFrames;
        if (jumps.jumped(airFrame, nanos)) {
            xrun(nanos);
        }
        reader.position(airFrame, nanos);
    }

    /** The host dropped frames: what comes next is new. */
    public void xrun(long nanos) {
        reports.publish(PositionReports.Kind.XRUN, 0, nanos);
        begin();
    }

    /** The host is gone until the next {@link #opened}; the reader gets silence. */
    public void lost(long nanos) {
        open = false;
        reports.publish(PositionReports.Kind.LOST, 0, nanos);
        begin();
    }

    /** What the host records from here on is not to be found by what was known of its clock. */
    private void begin() {
        jumps.forget();
        reader.begin(hostFrames);
    }
}
