// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.SourceChoice;
import org.vsnd.audio.StreamMemory;
import org.vsnd.audio.frames.FrameRing;
import org.vsnd.audio.frames.NumberedRing;

/**
 * One capture stream of a live host audio system, between the back end's audio thread and the device thread, which reads
 * through its {@link #source}. The host opens its device when the recording is made and holds it; it records from the
 * source's start on. If nothing is to be recorded for a while, the host closes its device until it is wanted again.
 *
 * <p>{@link #source} is the device thread's; everything else is called by the audio thread only. Allocates nothing after
 * construction. Times are {@link System#nanoTime()}.
 */
public final class LiveCapture extends LiveStream {
    private final Runnable wake;
    private final NumberedRing ring;
    private final LiveSource source;
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
     * @param wake tells the audio thread that there is something to do; called on any thread, must neither block nor
     *     allocate
     */
    public LiveCapture(PcmParams params, Runnable wake) {
        this(params, wake, System::nanoTime);
    }

    /**
     * The same, with another clock.
     *
     * @param nanoTime of the device thread
     */
    public LiveCapture(PcmParams params, Runnable wake, LongSupplier nanoTime) {
        super(params);
        this.wake = wake;
        jumps = new JumpWatch(params.rateHz());
        silence = ByteBuffer.allocate(params.frameBytes() * 256); // before the budget's memory, as this may fail
        params.format().fillSilence(silence);
        ring = new NumberedRing(
                new FrameRing(params.budget(), params.frameBytes(), StreamMemory.captureRingFrames(params)));
        source = new LiveSource(params, ring, reports, wake, volume -> tie(volume, wake), nanoTime);
    }

    @Override
    public void close() {
        ring.leave();
    }

    @Override
    public void discard() {
        ring.discard();
    }

    /** Before the source is used: the host's stream follows this choice. */
    public void follow(SourceChoice choice) {
        choice.followedBy(wake);
        source.followChoice();
    }

    /** Device thread: the source. */
    public AudioSource source() {
        return source;
    }

    /**
     * The host's device is open.
     *
     * @param latencyFrames from the microphone to {@link #captured}, at worst, including the host's chunks and the way
     *     here
     */
    public void opened(long latencyFrames, long nowNanos) {
        open = true;
        source.granted(latencyFrames);
        begin();
    }

    @Override
    public HostState wanted(long nowNanos) {
        HostState wanted = source.wanted(nowNanos);
        boolean run = wanted == HostState.RUN;
        if (run && !running) {
            begin(); // its clock before the pause says nothing
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
            dropping = true; // the device thread is far behind: it will continue with new frames
        }
        frames.position(frames.limit());
        hostFrames += count;
    }

    /** A gap in what the host recorded. */
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
     * Must be called at least once after {@link #opened}, after {@link #xrun}, and whenever the host runs again.
     */
    public void position(long delayFrames, long nanos) {
        if (!open) {
            return;
        }
        long airFrame = hostFrames + delayFrames;
        if (jumps.jumped(airFrame, nanos)) {
            xrun(nanos);
        }
        source.position(airFrame, nanos);
    }

    /** The host dropped frames: the next ones are new. */
    public void xrun(long nanos) {
        reports.publish(PositionReports.Kind.XRUN, 0, nanos);
        begin();
    }

    @Override
    public void lost(long nanos) {
        open = false;
        reports.publish(PositionReports.Kind.LOST, 0, nanos);
        begin();
    }

    @Override
    public void idle(long nowNanos) {
        // the source produces silence itself
    }

    /** From here on, recorded frames cannot be found by what was known of the host's clock. */
    private void begin() {
        jumps.forget();
        source.begin(hostFrames);
    }
}
