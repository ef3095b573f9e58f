// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.jspecify.annotations.Nullable;
import org.vsnd.audio.live.CalmTime;
import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.LivePlayback;

/**
 * Playback: keeps the server's stream fed from a {@link LivePlayback} and tells it how far the server is.
 *
 * <p>A new stream plays our own silence until its {@link SinkDepth} is known: this decides how much must
 * always be ahead of the ear.
 */
final class PulsePlayback extends PulseSide {
    private static final long LONGEST_LOOK_NANOS = 250_000_000;
    /** A server that runs dry twice within this time is given more. */
    private static final long DRY_AGAIN_NANOS = 10_000_000_000L;
    /** The server is given at most this much more than the target: the rest of a long burst stays in our ring. */
    private static final long AHEAD_NANOS = 100_000_000;
    /**
     * After a write, libpulse's next round sends but does not read: writes must be far enough apart that it also reads.
     */
    private static final long REST_NANOS = 300_000;
    /** How long frames wait for a report while the server's position is unknown. */
    private static final long LOST_TRACK_NANOS = 10_000_000;

    private final LivePlayback playback;
    private final byte @Nullable [] sinkName;
    private final SinkDepth depth;
    private final long aheadFrames;
    private final CalmTime calm = new CalmTime();

    private long writtenFrames; // to the server's stream, in total
    private boolean anchored;
    private long anchorNanos;
    private long anchorFrames; // heard by anchorNanos
    private boolean corked;
    private long heldFrames; // delay while corked
    private long waitUntilNanos;
    private boolean looking; // not opened yet
    private long lookingNanos;
    private long restUntilNanos;
    private long seenFrames; // held by the sink at the last report
    private long seenIndexFrames; // of ours, taken by the sink at the last report
    private boolean dry; // it had none of our frames then
    private long targetFrames;
    private long dryNanos;
    private boolean full;
    private long fullUntilNanos;

    PulsePlayback(LivePlayback playback, StreamLayout layout, byte @Nullable [] sinkName) {
        super(playback, layout, layout.asIs() ? null : layout.toServer());
        this.playback = playback;
        this.sinkName = sinkName;
        depth = new SinkDepth(clock.rateHz(), plan.blockFrames());
        aheadFrames = clock.framesIn(AHEAD_NANOS);
    }

    @Override
    HostState wanted(long nowNanos) {
        HostState wanted = super.wanted(nowNanos);
        return looking && wanted == HostState.HOLD ? HostState.RUN : wanted;
    }

    @Override
    void lost(long nowNanos) {
        looking = false;
        super.lost(nowNanos);
    }

    @Override
    boolean captures() {
        return false;
    }

    @Override
    boolean startsCorked() {
        return false;
    }

    @Override
    int connect(long stream) {
        attr.playback(bytes(plan.tlengthFrames()), frameBytes, bytes(plan.minreqFrames()));
        return LibPulse.pa_stream_connect_playback(
                stream, sinkName, attr.address(), LibPulse.PA_STREAM_ADJUST_LATENCY, 0, 0);
    }

    private int bytes(long frames) {
        return (int) Math.min(frames * frameBytes, Integer.MAX_VALUE);
    }

    @Override
    void ready(long stream, long nowNanos) {
        attr.update(stream);
        writtenFrames = 0;
        anchored = false;
        full = false;
        corked = false;
        freshest.forget();
        looking = true;
        dry = false;
        seenFrames = 0;
        seenIndexFrames = Long.MAX_VALUE;
        calm.begin(nowNanos);
        lookingNanos = nowNanos;
        dryNanos = nowNanos - DRY_AGAIN_NANOS;
        depth.forget();
        waitUntilNanos = nowNanos;
        restUntilNanos = nowNanos;
        reportDueNanos = nowNanos;
    }

    @Override
    void moved(long stream, long nowNanos) {
        attr.update(stream);
        loseTrack(nowNanos);
        freshest.forget();
        depth.forget();
        if (!looking) {
            playback.xrun(nowNanos);
            open(nowNanos);
        }
    }

    @Override
    void xrun(long nowNanos) {
        if (looking) {
            return;
        }
        playback.xrun(nowNanos);
        loseTrack(nowNanos);
        calm.trouble(nowNanos);
        if (nowNanos - dryNanos < DRY_AGAIN_NANOS) {
            plan.widenMargin();
            if (plan.grantedFrames(depth.frames()) > targetFrames) {
                open(nowNanos);
            }
        }
        dryNanos = nowNanos;
    }

    private void loseTrack(long nowNanos) {
        anchored = false;
        full = false;
        freshest.restart();
        gate.open();
        waitUntilNanos = nowNanos + LOST_TRACK_NANOS;
        reportDueNanos = nowNanos;
    }

    @Override
    void corked(boolean corked, long nowNanos) {
        this.corked = corked;
        if (corked) {
            heldFrames = delayFrames(nowNanos);
        } else {
            seenIndexFrames = Long.MAX_VALUE;
            anchor(writtenFrames - heldFrames, nowNanos);
            freshest.restart();
            gate.open();
            reportDueNanos = nowNanos;
        }
    }

    private void anchor(long frames, long nanos) {
        anchored = true;
        anchorFrames = frames;
        anchorNanos = nanos;
    }

    @Override
    void take(TimingInfo timing, long nowNanos) {
        long aheadFrames = clock.framesIn(timing.sinkNanos());
        long restNanos = timing.sinkNanos() - clock.nanosOf(aheadFrames);
        long indexFrames = timing.readIndexBytes() / frameBytes;
        long nanos = timing.nanos() + restNanos;
        seenFrames = aheadFrames;
        if (!timing.playing()) {
            dry = indexFrames >= writtenFrames;
            anchor(indexFrames - aheadFrames, nanos);
            freshest.restart();
            reportDueNanos = nowNanos + AGAIN_NANOS;
            return;
        }
        dry = false;
        boolean due = freshest.add(indexFrames - aheadFrames, nanos, indexFrames, timing.sinkNanos());
        if (due) {
            anchor(freshest.frames(), freshest.nanos());
        }
        if (looking) {
            reportDueNanos = nowNanos + AGAIN_NANOS;
            if (depth.look(timing.sinkNanos(), timing.configuredSinkNanos(), nowNanos)) {
                open(nowNanos);
            }
            return;
        }
        // a sink that has taken nothing since the last report may hold frames older than the stream
        if (indexFrames > seenIndexFrames) {
            depth.holds(aheadFrames, nowNanos);
        }
        seenIndexFrames = indexFrames;
        awaitReport(nowNanos);
        if (due) {
            playback.heard(writtenFrames - anchorFrames, anchorNanos);
        }
        if (plan.lowFrames(depth.frames()) > targetFrames) {
            depth.deepen(timing.configuredSinkNanos());
            calm.trouble(nowNanos);
            playback.xrun(nowNanos);
            open(nowNanos);
        } else if ((plan.isWide() || depth.canSettle()) && calm.stepDown(nowNanos)) {
            comeDown();
        }
    }

    /** Lowers by a step what trouble has raised. */
    private void comeDown() {
        plan.narrowMargin();
        depth.settle();
        targetFrames = plan.grantedFrames(depth.frames());
        playback.needsLess(targetFrames, plan.lowFrames(depth.frames()));
    }

    private void open(long nowNanos) {
        looking = false;
        reports = 0;
        targetFrames = plan.grantedFrames(depth.frames());
        playback.opened(targetFrames, plan.lowFrames(depth.frames()), nowNanos);
    }

    /** How long from now until a frame written now would be heard. */
    private long delayFrames(long nowNanos) {
        return Math.max(0, writtenFrames - anchorFrames - clock.framesIn(nowNanos - anchorNanos));
    }

    @Override
    boolean transfer(long stream, long nowNanos) {
        if (corked || (!looking && !anchored && nowNanos < waitUntilNanos)) {
            return true;
        }
        if (nowNanos < restUntilNanos) {
            return true;
        }
        if (looking) {
            if (nowNanos - lookingNanos < LONGEST_LOOK_NANOS) {
                playback.idle(nowNanos);
                return silence(stream, nowNanos);
            }
            open(nowNanos);
        }
        if (!anchored) {
            anchor(writtenFrames, nowNanos);
        }
        if (full && nowNanos < fullUntilNanos) {
            return true; // not in tiny pieces
        }
        // a sink that holds more than assumed must not starve
        long mostFrames = Math.max(targetFrames, plan.lowFrames(seenFrames)) + aheadFrames;
        full = false;
        while (true) {
            long delay = delayFrames(nowNanos);
            if (delay >= mostFrames) {
                full = true;
                fullUntilNanos = nowNanos + clock.nanosOf(aheadFrames / 2);
                return true;
            }
            guest.clear();
            guest.limit((int) Math.min(
                    guest.capacity(), (mostFrames - delay) * playback.params().frameBytes()));
            int frames = playback.fill(guest, delay, nowNanos);
            if (frames == 0) {
                return true;
            }
            if (converter != null) {
                guest.flip();
                host.bytes().clear();
                converter.convert(guest, host.bytes());
            }
            restUntilNanos = nowNanos + REST_NANOS;
            if (!write(stream, frames)) {
                return false;
            }
        }
    }

    private boolean silence(long stream, long nowNanos) {
        restUntilNanos = nowNanos + AGAIN_NANOS;
        if (!anchored) {
            anchor(writtenFrames, nowNanos);
        }
        long missing = plan.lowFrames(depth.frames()) + plan.marginFrames() - delayFrames(nowNanos);
        if (dry && missing <= 0) { // all frames ahead of the ear are in the sink: it needs more than assumed
            dry = false;
            missing = plan.lowFrames(depth.frames());
        }
        while (missing > 0) {
            int frames = (int) Math.min(missing, host.capacity() / frameBytes);
            guest.clear();
            playback.params().format().fillSilence(guest);
            if (converter != null) {
                guest.flip();
                host.bytes().clear();
                converter.convert(guest, host.bytes());
            }
            missing -= frames;
            if (!write(stream, frames)) {
                return false;
            }
        }
        return true;
    }

    private boolean write(long stream, int frames) {
        writtenFrames += frames;
        return LibPulse.pa_stream_write(
                        stream, host.address(), (long) frames * frameBytes, 0, 0, LibPulse.PA_SEEK_RELATIVE)
                >= 0;
    }

    @Override
    long transferDueNanos() {
        if (looking) {
            return restUntilNanos;
        }
        if (!anchored) {
            return waitUntilNanos;
        }
        return Math.max(restUntilNanos, full ? fullUntilNanos : playback.fillAgainNanos());
    }
}
