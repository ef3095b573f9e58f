// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostSide;
import org.vsnd.audio.live.Playout;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * A PCM that plays what its {@link Playout} gives: keeps it fed, reports its position, restarts it after an under-run
 * or a suspend, and pauses it. A PCM that takes everything at once has no clock: frames leave it at nominal pace by
 * ours, and its position is not reported. Audio thread only; private calls return a negative error number when the PCM
 * can no longer be used.
 */
final class PlaybackPcm implements HostSide<AlsaPcm> {
    private static final Logger LOG = System.getLogger(AlsaBackend.class.getName());
    private static final int CHUNKS_PER_SECOND = 50;
    /** The audio thread may be late by this much. */
    private static final int MARGINS_PER_SECOND = 500;

    private static final long ROUND_NANOS = 20_000_000L;
    private static final long MIN_NAP_NANOS = 1_000_000L;
    private static final long AFTER_XRUN_NANOS = 1_000_000L;
    private static final long SUSPENDED_NANOS = 100_000_000L;

    private final Playout playout;
    private final PcmParams params;
    private final NativeBuffer chunk;
    private final OwnClock ownClock;
    private final SteadyPositions steady;

    private Pace pace = Pace.UNKNOWN;
    private boolean running; // started, and not stopped by an under-run
    private boolean standing; // held
    private boolean paused; // the PCM itself
    private long heldNanos;
    private long startedNanos;
    private long writtenFrames; // since it was prepared
    private long passedFrames; // by our clock, before it last ran dry
    private int leftFrames; // in the chunk, not yet taken by the PCM
    private long reportedFrame; // the last position reported
    private long movedFrames; // taken out of the PCM by the host, at the last look
    private long movedNanos;
    private boolean full;
    private long untilNanos;

    PlaybackPcm(Playout playout) {
        this.playout = playout;
        params = playout.params();
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
        standing = false;
        paused = false;
        emptied(nowNanos);
        long marginFrames = Math.max(1, params.rateHz() / MARGINS_PER_SECOND);
        // while one period is played, the next must arrive before it ends
        long lowFrames = 2 * pcm.setup().periodFrames() + marginFrames;
        long targetFrames = Math.max(params.targetFrames(), lowFrames + marginFrames);
        LOG.log(Level.DEBUG, () -> "playing in " + pcm.setup() + ", target " + targetFrames + " frames");
        playout.opened(targetFrames, lowFrames, nowNanos);
    }

    private void emptied(long nowNanos) {
        running = false;
        writtenFrames = 0;
        passedFrames = 0;
        leftFrames = 0;
        reportedFrame = Long.MIN_VALUE;
        steady.restart();
        movedFrames = 0;
        movedNanos = nowNanos;
    }

    @Override
    public boolean moves() {
        return running && (pace == Pace.OUR_CLOCK || movedFrames > 0);
    }

    @Override
    public long untilNanos() {
        return untilNanos;
    }

    @Override
    public boolean waitsForHost() {
        return full;
    }

    @Override
    public @Nullable String run(AlsaPcm pcm, long nowNanos) {
        return PcmThreads.fault(play(pcm, nowNanos));
    }

    @Override
    public @Nullable String hold(AlsaPcm pcm, long nowNanos) {
        return PcmThreads.fault(stand(pcm, nowNanos));
    }

    /** Returns a negative error number if the PCM can no longer be used. */
    private int play(AlsaPcm pcm, long nowNanos) {
        boolean wasFull = full;
        long before = writtenFrames;
        full = false;
        untilNanos = nowNanos + ROUND_NANOS;
        int error = standing ? goOn(pcm, nowNanos) : 0;
        if (error == 0) {
            error = feed(pcm, nowNanos);
        }
        if (error < 0) {
            return recover(pcm, error, nowNanos);
        }
        if (full && wasFull && before == writtenFrames) { // it claimed to be ready but was not
            full = false;
            untilNanos = Math.min(
                    untilNanos, nowNanos + Math.max(MIN_NAP_NANOS, pcm.setup().periodNanos(params.rateHz()) / 4));
        }
        return 0;
    }

    /** Pauses and keeps what has not been heard yet. */
    private int stand(AlsaPcm pcm, long nowNanos) {
        full = false;
        untilNanos = nowNanos + ROUND_NANOS;
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
        return takeBack(pcm, nowNanos);
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
        int error = pcm.pause(false);
        return error < 0 ? takeBack(pcm, nowNanos) : 0;
    }

    /** Empties the PCM; what was not heard will be given again. */
    private int takeBack(AlsaPcm pcm, long nowNanos) {
        int error = pcm.look();
        long unheardFrames = error < 0 ? 0 : Math.min(writtenFrames, Math.max(0, pcm.delayFrames())) + leftFrames;
        int dropped = pcm.drop();
        int prepared = pcm.prepare();
        playout.thrownAway(unheardFrames);
        emptied(nowNanos);
        return error < 0 ? error : dropped < 0 ? dropped : prepared;
    }

    private int feed(AlsaPcm pcm, long nowNanos) {
        long capacityFrames = pcm.setup().bufferFrames();
        long delayFrames = writtenFrames;
        long roomFrames = capacityFrames - writtenFrames;
        long atNanos = nowNanos;
        if (running && pace == Pace.OUR_CLOCK) {
            delayFrames = ownDelay(nowNanos);
            roomFrames = capacityFrames - delayFrames;
        } else if (running) {
            int error = look(pcm);
            if (error < 0) {
                return error;
            }
            delayFrames = Math.max(0, pcm.delayFrames());
            roomFrames = Math.min(capacityFrames, pcm.availFrames());
            atNanos = pcm.nanos();
            if (pace == Pace.ITS_CLOCK && isStalled(pcm, nowNanos)) {
                return -Errno.ETIMEDOUT;
            }
        }
        int error = write(pcm, delayFrames, roomFrames, atNanos);
        if (error == 0 && !running && writtenFrames > 0) {
            error = start(pcm, nowNanos);
        }
        untilNanos = Math.min(untilNanos, playout.fillAgainNanos());
        return error;
    }

    /** Reads the PCM's position, finds out whether it has a clock, and reports the position. */
    private int look(AlsaPcm pcm) {
        int error = pcm.lookRunning();
        if (error < 0) {
            return error;
        }
        if (pace == Pace.UNKNOWN) {
            learnPace(pcm);
        }
        long frame = writtenFrames - pcm.delayFrames();
        if (pace == Pace.ITS_CLOCK && frame != reportedFrame) { // if it has not moved, the time would be wrong
            reportedFrame = frame;
            if (steady.accept(frame, pcm.nanos())) {
                playout.heard(pcm.delayFrames() + leftFrames, pcm.nanos());
            }
        }
        return 0;
    }

    private void learnPace(AlsaPcm pcm) {
        boolean empty =
                pcm.delayFrames() <= 0 && pcm.availFrames() >= pcm.setup().bufferFrames();
        if (!empty) {
            pace = Pace.ITS_CLOCK;
            movedNanos = pcm.nanos();
        } else if (writtenFrames > 2 * framesSinceStart(pcm.nanos())) {
            // faster than any clock
            pace = Pace.OUR_CLOCK;
            ownClock.restart(startedNanos);
            LOG.log(Level.INFO, "the PCM has no clock: it is fed at nominal pace");
        }
    }

    private long framesSinceStart(long nanos) {
        return Math.max(0, nanos - startedNanos) * params.rateHz() / 1_000_000_000L;
    }

    private long ownDelay(long nowNanos) {
        long frames = writtenFrames - passedFrames - ownClock.frames(nowNanos);
        if (frames < 0) { // dry: the next frames begin now
            passedFrames = writtenFrames;
            ownClock.restart(nowNanos);
            return 0;
        }
        return frames;
    }

    private int write(AlsaPcm pcm, long delayFrames, long roomFrames, long atNanos) {
        long delay = delayFrames + leftFrames;
        long room = roomFrames;
        ByteBuffer bytes = chunk.bytes();
        int frameBytes = params.frameBytes();
        while (room > 0) {
            if (leftFrames == 0) {
                bytes.clear().limit((int) Math.min(bytes.capacity() / frameBytes, room) * frameBytes);
                leftFrames = playout.fill(bytes, delay, atNanos);
                if (leftFrames == 0) {
                    return 0;
                }
                delay += leftFrames;
                bytes.flip();
            }
            long taken = pcm.write(chunk.address() + bytes.position(), Math.min(room, leftFrames));
            if (taken == -Errno.EAGAIN || taken == -Errno.EINTR) {
                taken = 0;
            }
            if (taken < 0) {
                return (int) taken;
            }
            bytes.position(bytes.position() + (int) taken * frameBytes);
            leftFrames -= (int) taken;
            writtenFrames += taken;
            room -= taken;
            if (taken == 0) {
                break;
            }
        }
        full = running && pace != Pace.OUR_CLOCK;
        return 0;
    }

    private int start(AlsaPcm pcm, long nowNanos) {
        int error = pcm.start();
        if (error < 0) {
            return error;
        }
        running = true;
        startedNanos = System.nanoTime();
        movedNanos = startedNanos;
        untilNanos = nowNanos;
        return 0;
    }

    private boolean isStalled(AlsaPcm pcm, long nowNanos) {
        long queuedFrames = pcm.setup().bufferFrames() - pcm.availFrames();
        long moved = writtenFrames - queuedFrames;
        if (moved != movedFrames || queuedFrames <= 0) {
            movedFrames = moved;
            movedNanos = nowNanos;
        }
        return nowNanos - movedNanos > PcmThreads.STALL_NANOS;
    }

    private int recover(AlsaPcm pcm, int error, long nowNanos) {
        int left = leftFrames;
        int result = error;
        if (error == -Errno.EPIPE) {
            result = pcm.prepare();
            if (result >= 0) { // otherwise it is lost, and that is reported
                playout.xrun(nowNanos);
            }
        } else if (error == -Errno.ESTRPIPE) {
            playout.xrun(nowNanos);
            result = pcm.resume();
            if (result == -Errno.EAGAIN) {
                untilNanos = nowNanos + SUSPENDED_NANOS;
                return 0;
            }
            result = pcm.prepare();
        }
        if (result < 0) {
            return result;
        }
        emptied(nowNanos);
        leftFrames = left; // frames that the PCM did not take come first
        untilNanos = nowNanos + AFTER_XRUN_NANOS;
        return 0;
    }
}
