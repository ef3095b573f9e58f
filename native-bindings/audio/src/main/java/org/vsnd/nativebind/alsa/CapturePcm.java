// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostSide;
import org.vsnd.audio.live.Recording;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * A PCM that records into its {@link Recording}: reads frames as they come, reports its position, and restarts it
 * after an over-run or a suspend. A PCM that always has frames has no clock: they are read at nominal pace by ours.
 * Audio thread only; private calls return a negative error number when the PCM can no longer be used.
 */
final class CapturePcm implements HostSide<AlsaPcm> {
    private static final Logger LOG = System.getLogger(AlsaBackend.class.getName());
    private static final int CHUNKS_PER_SECOND = 50;
    /** The audio thread may be late by this much. */
    private static final int MARGINS_PER_SECOND = 500;

    private static final long ROUND_NANOS = 20_000_000L;
    private static final long OWN_ROUND_NANOS = 2_000_000L;
    private static final long MIN_NAP_NANOS = 1_000_000L;
    private static final long SUSPENDED_NANOS = 100_000_000L;

    private final Recording recording;
    private final PcmParams params;
    private final NativeBuffer chunk;
    private final OwnClock ownClock;
    private final SteadyPositions steady;

    private Pace pace = Pace.UNKNOWN;
    private boolean running;
    private boolean standing;
    private boolean paused;
    private long heldNanos;
    private long startedNanos;
    private long readFrames; // since it was started
    private long reportedFrame;
    private long movedNanos;
    private boolean waiting;
    private long untilNanos;

    CapturePcm(Recording recording) {
        this.recording = recording;
        params = recording.params();
        ownClock = new OwnClock(params.rateHz());
        steady = new SteadyPositions(params.rateHz());
        chunk = new NativeBuffer(params.frameBytes() * Math.max(1, params.rateHz() / CHUNKS_PER_SECOND));
    }

    @Override
    public void begin() {
        PcmThreads.askForRealtime();
    }

    @Override
    public void opened(AlsaPcm pcm, long nowNanos) {
        pace = Pace.UNKNOWN;
        running = false;
        standing = false;
        paused = false;
        // the host delivers a period when it is full, and may be one behind
        recording.opened(2 * pcm.setup().periodFrames() + params.rateHz() / MARGINS_PER_SECOND, nowNanos);
    }

    @Override
    public boolean moves() {
        return running && readFrames > 0;
    }

    @Override
    public long untilNanos() {
        return untilNanos;
    }

    @Override
    public boolean waitsForHost() {
        return waiting;
    }

    @Override
    public @Nullable String run(AlsaPcm pcm, long nowNanos) {
        return PcmThreads.fault(capture(pcm, nowNanos));
    }

    @Override
    public @Nullable String hold(AlsaPcm pcm, long nowNanos) {
        return PcmThreads.fault(stand(pcm, nowNanos));
    }

    /** Returns a negative error number if the PCM can no longer be used. */
    private int capture(AlsaPcm pcm, long nowNanos) {
        untilNanos = nowNanos + ROUND_NANOS;
        waiting = pace != Pace.OUR_CLOCK;
        int error = standing ? goOn(pcm, nowNanos) : 0;
        if (error == 0 && !running) {
            error = start(pcm);
        }
        if (error == 0) {
            error = pace == Pace.OUR_CLOCK ? readOwn(pcm, nowNanos) : readHost(pcm, nowNanos);
        }
        return error < 0 ? recover(pcm, error, nowNanos) : 0;
    }

    private int stand(AlsaPcm pcm, long nowNanos) {
        untilNanos = nowNanos + ROUND_NANOS;
        waiting = false;
        if (standing) {
            return 0;
        }
        standing = true;
        heldNanos = nowNanos;
        if (!running || pace == Pace.OUR_CLOCK) {
            return 0;
        }
        if (pcm.setup().canPause() && pcm.pause(true) >= 0) {
            paused = true;
            return 0;
        }
        return restart(pcm);
    }

    private int goOn(AlsaPcm pcm, long nowNanos) {
        standing = false;
        ownClock.stoodStill(nowNanos - heldNanos);
        startedNanos += nowNanos - heldNanos;
        movedNanos = nowNanos;
        if (!paused) {
            return 0;
        }
        paused = false;
        steady.restart();
        return pcm.pause(false) < 0 ? restart(pcm) : 0;
    }

    private int restart(AlsaPcm pcm) {
        running = false;
        pcm.drop();
        return pcm.prepare();
    }

    private int start(AlsaPcm pcm) {
        int error = pcm.start();
        if (error < 0) {
            return error;
        }
        running = true;
        readFrames = 0;
        reportedFrame = Long.MIN_VALUE;
        steady.restart();
        startedNanos = System.nanoTime();
        movedNanos = startedNanos;
        ownClock.restart(startedNanos);
        return 0;
    }

    private int readHost(AlsaPcm pcm, long nowNanos) {
        int error = pcm.lookRunning();
        if (error < 0) {
            return error;
        }
        if (pace == Pace.UNKNOWN && learnPace(pcm)) {
            return 0;
        }
        long delayFrames = pcm.delayFrames();
        int read = read(pcm, pcm.availFrames());
        if (read < 0) {
            return read;
        }
        if (read > 0) {
            movedNanos = nowNanos;
        } else if (nowNanos - movedNanos > PcmThreads.STALL_NANOS) {
            return -Errno.ETIMEDOUT;
        }
        if (read == 0) { // it claimed to be ready but was not: the pulse plugin does so until its first frames
            waiting = false;
            untilNanos = nowNanos + Math.max(MIN_NAP_NANOS, pcm.setup().periodNanos(params.rateHz()) / 4);
        }
        long frame = readFrames - read + delayFrames;
        boolean moved = frame != reportedFrame && readFrames > 0; // otherwise the time would be wrong
        if (pace == Pace.ITS_CLOCK && moved) {
            reportedFrame = frame;
            if (steady.accept(frame, pcm.nanos())) {
                recording.position(delayFrames - read, pcm.nanos());
            }
        }
        return 0;
    }

    /** Returns whether the PCM has just turned out to have no clock. */
    private boolean learnPace(AlsaPcm pcm) {
        long fullFrames = pcm.setup().bufferFrames();
        long sinceStart = Math.max(0, pcm.nanos() - startedNanos) * params.rateHz() / 1_000_000_000L;
        if (readFrames + pcm.availFrames() >= fullFrames && sinceStart < fullFrames / 2) { // faster than any clock
            pace = Pace.OUR_CLOCK;
            waiting = false;
            LOG.log(Level.INFO, "the PCM has no clock: it is read at nominal pace");
            return true;
        }
        if (sinceStart > 0) {
            pace = Pace.ITS_CLOCK;
        }
        return false;
    }

    private int readOwn(AlsaPcm pcm, long nowNanos) {
        untilNanos = nowNanos + OWN_ROUND_NANOS;
        int read = read(pcm, ownClock.frames(nowNanos) - readFrames);
        recording.position(0, nowNanos);
        return Math.min(0, read);
    }

    /** Returns the number of frames read, or a negative error number. */
    private int read(AlsaPcm pcm, long mostFrames) {
        long left = mostFrames;
        int total = 0;
        ByteBuffer bytes = chunk.bytes();
        int frameBytes = params.frameBytes();
        while (left > 0) {
            long frames = pcm.read(chunk.address(), Math.min(left, bytes.capacity() / frameBytes));
            if (frames == -Errno.EAGAIN || frames == -Errno.EINTR || frames == 0) {
                return total;
            }
            if (frames < 0) {
                return (int) frames;
            }
            recording.captured(bytes.clear().limit((int) frames * frameBytes));
            readFrames += frames;
            total += (int) frames;
            left -= frames;
        }
        return total;
    }

    private int recover(AlsaPcm pcm, int error, long nowNanos) {
        int result = error;
        if (error == -Errno.EPIPE) {
            recording.xrun(nowNanos);
            result = restart(pcm);
        } else if (error == -Errno.ESTRPIPE) {
            result = pcm.resume();
            if (result == -Errno.EAGAIN) {
                untilNanos = nowNanos + SUSPENDED_NANOS;
                waiting = false;
                return 0;
            }
            recording.xrun(nowNanos);
            result = restart(pcm);
        }
        return Math.min(0, result);
    }
}
