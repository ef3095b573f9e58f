// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.StreamMemory;
import org.vsnd.audio.frames.FrameRing;

/**
 * One playback stream of a live host audio system, between the device thread and the back end's audio thread: takes the
 * device's frames through its {@link #sink}, gives them to the host with silence where there are none, reports how far
 * the host is, and keeps the host's stream running for a moment after the last frame so that bursts do not click.
 *
 * <p>The host's stream plays silence from the start. The device's first frame after silence is put so far behind it that
 * it is heard the target latency after it was handed over; the following frames are played without gaps.
 *
 * <p>{@link #sink} is the device thread's; everything else is called by the audio thread only. Allocates nothing after
 * construction. Times are {@link System#nanoTime()}.
 */
public final class LivePlayback extends LiveStream {
    /** How long silence is played after the last frame, and how long a released stream is kept. */
    static final long LINGER_NANOS = 1_000_000_000L;
    /** Frames wait this long for a host that is being opened; then it counts as lost. */
    static final long OPENING_NANOS = 500_000_000L;

    private static final long NEVER = Long.MAX_VALUE;

    private static final int SILENCE_STEPS_PER_SECOND = 500;
    /** A host that runs dry twice within this time is given more. */
    private static final long DRY_AGAIN_NANOS = 10_000_000_000L;
    /** The target is not raised beyond this, unless more was requested. */
    private static final long LONGEST_TARGET_NANOS = 200_000_000L;
    /** It falls back in steps of this share. */
    private static final int STEP_DOWN_SHARE = 2;

    private final FrameClock clock;
    private final FrameRing ring;
    private final SinkCommands commands;
    private final PositionReports reports = new PositionReports();
    private final FrameMap map = new FrameMap();
    private final RecentFrames recent;

    private SinkCommands.Mode seenMode = SinkCommands.Mode.PREPARED;
    private boolean open;
    private long closedNanos; // when it was last not open
    private boolean lostSaid;
    private final CalmTime calm = new CalmTime();
    private long grantedFrames; // needed by the host, and at least as requested
    private long targetFrames; // the same, or more if the host ran dry
    private long lowFrames;
    private long hostFrames; // written since the host's stream was opened
    private long deviceFrames; // of the ring, written or let go
    private boolean flowing; // the previous frame was the device's
    private long begunFrame = FrameMap.NONE; // of the ring, the first one after silence or after a seam
    private boolean seamSaid; // it is known not to follow the one before
    private long padFrames; // silence to be written before the device's next frame
    private long replayFrames; // of those written last, to be written again
    private long quietNanos; // since then no frame of the device was written
    private long fillAgainNanos = NEVER;
    private long dryNanos;
    private boolean dryBefore;

    /**
     * A stream that is not open yet.
     *
     * @param wake tells the audio thread that there is something to do; called on any thread, must neither block nor
     *     allocate
     */
    public LivePlayback(PcmParams params, Runnable wake) {
        this(params, wake, System::nanoTime);
    }

    LivePlayback(PcmParams params, Runnable wake, LongSupplier nanoTime) {
        super(params);
        clock = new FrameClock(params.rateHz());
        ring = new FrameRing(params.budget(), params.frameBytes(), StreamMemory.playbackRingFrames(params));
        commands = new SinkCommands(params, ring, reports, wake, volume -> tie(volume, wake), nanoTime);
        try {
            recent = new RecentFrames(params.budget(), params.frameBytes(), StreamMemory.playedFrames(params));
        } catch (OutOfMemoryError e) {
            ring.discard();
            throw e;
        }
        grantedFrames = params.targetFrames();
        targetFrames = grantedFrames;
        closedNanos = nanoTime.getAsLong();
        quietNanos = closedNanos;
    }

    /** Device thread: the sink. */
    public AudioSink sink() {
        return commands.sink();
    }

    /** Device thread: another sink, when the previous one is closed; null if the stream no longer lingers. */
    public @Nullable AudioSink takeUp() {
        if (!claim()) {
            return null;
        }
        AudioSink sink = commands.sink();
        release();
        return sink;
    }

    /** Any thread: whether the last sink has been closed. */
    public boolean isClosed() {
        return commands.mode() == SinkCommands.Mode.CLOSED;
    }

    /** Any thread: {@link AudioSink#heldFrames} of a sink that would be taken now. */
    public long heldFrames() {
        return commands.heldFrames();
    }

    /**
     * The host's stream is open and plays what {@link #fill} gives.
     *
     * @param grantedFrames the whole latency the host grants, at least as requested
     * @param neededFrames fewest frames that must always be ahead of the ear so that the host does not run dry
     */
    public void opened(long grantedFrames, long neededFrames, long nowNanos) {
        open = true;
        lostSaid = false;
        this.grantedFrames = Math.max(grantedFrames, params.targetFrames());
        targetFrames = this.grantedFrames;
        commands.grant(targetFrames);
        calm.begin(nowNanos);
        lowFrames = neededFrames;
        hostFrames = 0;
        map.clear();
        commands.nothingHeard();
        recent.clear();
        replayFrames = 0;
        flowing = false;
        padFrames = 0;
        fillAgainNanos = nowNanos;
        quietNanos = nowNanos;
        dryBefore = false;
        seamSaid = true;
    }

    /**
     * The host needs less than before: playback goes on, and the device gradually lowers its latency.
     *
     * @param grantedFrames as in {@link #opened}
     * @param neededFrames as in {@link #opened}
     */
    public void needsLess(long grantedFrames, long neededFrames) {
        boolean raised = targetFrames > this.grantedFrames;
        this.grantedFrames = Math.max(grantedFrames, params.targetFrames());
        lowFrames = neededFrames;
        if (!raised) { // otherwise it comes down gradually
            targetFrames = this.grantedFrames;
            commands.grant(targetFrames);
        }
    }

    @Override
    public HostState wanted(long nowNanos) {
        SinkCommands.Mode mode = commands.mode();
        if (mode != seenMode) {
            seenMode = mode;
            quietNanos = nowNanos;
        }
        if (ring.readableFrames() > 0 && mode != SinkCommands.Mode.PAUSED) {
            quietNanos = nowNanos;
        }
        boolean quiet = nowNanos - quietNanos > LINGER_NANOS + clock.nanosOf(targetFrames);
        return switch (mode) {
            case RUNNING -> HostState.RUN;
            case PAUSED -> HostState.HOLD;
            case PREPARED, DRAINING -> quiet ? HostState.HOLD : HostState.RUN;
            case CLOSED -> quiet || givenUp(nowNanos) ? HostState.CLOSE : HostState.RUN;
        };
    }

    /**
     * Puts whole frames for the host, the device's or silence, from position to at most the limit.
     *
     * @param delayFrames a frame written now would be heard this many frames after {@code nowNanos}
     * @return frames put; 0 if nothing is to be written before {@link #fillAgainNanos}
     */
    public int fill(ByteBuffer dst, long delayFrames, long nowNanos) {
        fillAgainNanos = NEVER;
        int roomFrames = dst.remaining() / params.frameBytes();
        if (roomFrames == 0 || commands.mode() == SinkCommands.Mode.PAUSED) {
            return 0;
        }
        if (targetFrames > grantedFrames && calm.stepDown(nowNanos)) {
            targetFrames = Math.max(grantedFrames, targetFrames - targetFrames / STEP_DOWN_SHARE);
            commands.grant(targetFrames);
        }
        if (flowing) {
            commands.heardAt(deviceFrames, nowNanos + clock.nanosOf(delayFrames + replayFrames + padFrames));
        }
        if (replayFrames > 0) {
            int frames = recent.get(dst, replayFrames, roomFrames);
            replayFrames -= frames;
            hostFrames += frames;
            return frames;
        }
        if (ring.readableFrames() > 0) {
            quietNanos = nowNanos;
            if (!flowing || atSeam()) {
                beginData(delayFrames, nowNanos);
            }
            if (padFrames > 0) {
                int frames = (int) Math.min(padFrames, roomFrames);
                padFrames -= frames;
                return silence(dst, frames);
            }
            return data(dst, roomFrames);
        }
        if (delayFrames > lowFrames) {
            fillAgainNanos = nowNanos + clock.nanosOf(delayFrames - lowFrames);
            return 0;
        }
        boolean late = flowing && commands.mode() == SinkCommands.Mode.RUNNING;
        flowing = false;
        padFrames = 0;
        long stepFrames = Math.max(1, params.rateHz() / SILENCE_STEPS_PER_SECOND);
        // a late device is waited for in small steps; otherwise there is as much as its first frame will need
        long wantedFrames = late ? stepFrames : Math.max(stepFrames, targetFrames - delayFrames);
        return silence(dst, (int) Math.min(wantedFrames, roomFrames));
    }

    /** The latest time for the next {@link #fill}; far in the future if only after a wake-up. */
    public long fillAgainNanos() {
        return fillAgainNanos;
    }

    /** The host's clock: a frame written next would be heard {@code delayFrames} after {@code nanos}. */
    public void heard(long delayFrames, long nanos) {
        long frame = map.deviceFrame(hostFrames - delayFrames);
        if (open && frame != FrameMap.NONE) {
            reports.publish(PositionReports.Kind.POSITION, frame, nanos);
        }
    }

    /** The host ran dry on its own: the next frames are heard the target latency after they are written. */
    public void xrun(long nanos) {
        if (seenMode != SinkCommands.Mode.RUNNING || !flowing) {
            return; // only silence was missing
        }
        flowing = false;
        seamSaid = true;
        if (dryBefore && nanos - dryNanos < DRY_AGAIN_NANOS) {
            long mostFrames = Math.max(params.targetFrames(), clock.framesIn(LONGEST_TARGET_NANOS));
            targetFrames = Math.max(targetFrames, Math.min(mostFrames, targetFrames + targetFrames / 2));
            commands.grant(targetFrames);
        }
        dryBefore = true;
        dryNanos = nanos;
        calm.trouble(nanos);
        reports.publish(PositionReports.Kind.XRUN, deviceFrames, nanos);
    }

    /** The host dropped the newest frames before they were heard: {@link #fill} gives them again. */
    public void thrownAway(long frames) {
        long againFrames = Math.min(recent.frames() - replayFrames, Math.max(0, frames));
        replayFrames += againFrames;
        hostFrames -= againFrames;
    }

    /** Until the next {@link #opened}, {@link #idle} is called instead of {@link #fill}. */
    @Override
    public void lost(long nanos) {
        open = false;
        flowing = false;
        commands.nothingHeard();
        closedNanos = nanos - OPENING_NANOS; // frames that come now are not kept
        sayLost(nanos);
    }

    /** Keeps frames while the host is being opened, then drops them. */
    @Override
    public void idle(long nowNanos) {
        if (nowNanos - closedNanos < OPENING_NANOS) {
            return;
        }
        sayLost(nowNanos);
        if (commands.mode() != SinkCommands.Mode.PAUSED) {
            deviceFrames += ring.skip(Long.MAX_VALUE);
        }
    }

    @Override
    public void close() {
        recent.close();
        ring.leave();
    }

    @Override
    public void discard() {
        recent.close();
        ring.discard();
    }

    private boolean givenUp(long nowNanos) {
        return !open && (nowNanos - closedNanos >= OPENING_NANOS || ring.readableFrames() == 0);
    }

    private void sayLost(long nanos) {
        if (!lostSaid) {
            lostSaid = true;
            reports.publish(PositionReports.Kind.LOST, deviceFrames, nanos);
        }
    }

    /** Whether the next frame begins something new, right after the frames before it. */
    private boolean atSeam() {
        return deviceFrames == commands.silenceUpTo() && deviceFrames != begunFrame;
    }

    /** The device's frames follow silence, or the end of something. */
    private void beginData(long delayFrames, long nowNanos) {
        flowing = true;
        begunFrame = deviceFrames;
        if (!seamSaid && deviceFrames != commands.silenceUpTo()) { // in the middle of something
            reports.publish(PositionReports.Kind.XRUN, deviceFrames, nowNanos);
        }
        seamSaid = false;
        long lateFrames = clock.framesIn(Math.max(0, nowNanos - commands.handedNanos()));
        padFrames = Math.max(0, targetFrames - delayFrames - lateFrames);
        if (padFrames > 0) {
            map.silence(hostFrames);
        }
        map.data(hostFrames + padFrames, deviceFrames);
    }

    private int data(ByteBuffer dst, int roomFrames) {
        int from = dst.position();
        int limit = dst.limit();
        long seamFrames = commands.silenceUpTo() - deviceFrames;
        int mostFrames = seamFrames > 0 ? (int) Math.min(seamFrames, roomFrames) : roomFrames;
        dst.limit(from + mostFrames * params.frameBytes());
        int frames = ring.read(dst);
        dst.limit(limit);
        recent.put(dst, from, frames);
        deviceFrames += frames;
        hostFrames += frames;
        return frames;
    }

    private int silence(ByteBuffer dst, int frames) {
        if (!flowing) {
            map.silence(hostFrames);
        }
        int from = dst.position();
        int limit = dst.limit();
        dst.limit(from + frames * params.frameBytes());
        params.format().fillSilence(dst);
        dst.limit(limit);
        recent.put(dst, from, frames);
        hostFrames += frames;
        return frames;
    }
}
