// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import org.vsnd.audio.live.LivePlayback;
import org.vsnd.nativebind.libc.Errno;

/**
 * Plays what a {@link LivePlayback} gives on a PCM: keeps it fed, reports its position, restarts it after an
 * under-run or a suspend, and pauses it. A PCM that takes everything at once has no clock: frames leave it at
 * nominal pace by ours, and its position is not reported. Audio thread only.
 */
final class AlsaPlayback extends AlsaSide {
    private static final long AFTER_XRUN_NANOS = 1_000_000L;

    private final LivePlayback playback;

    private long writtenFrames; // since it was prepared
    private long passedFrames; // by our clock, before it last ran dry
    private int leftFrames; // in the chunk, not yet taken by the PCM
    private long movedFrames; // taken out of the PCM by the host, at the last look

    AlsaPlayback(LivePlayback playback) {
        super(playback.params());
        this.playback = playback;
    }

    @Override
    public void opened(AlsaPcm pcm, long nowNanos) {
        reopened();
        emptied(nowNanos);
        long marginFrames = Math.max(1, marginFrames());
        // while one period is played, the next must arrive before it ends
        long lowFrames = 2 * pcm.grant().periodFrames() + marginFrames;
        long targetFrames = Math.max(params.targetFrames(), lowFrames + marginFrames);
        LOG.log(Level.DEBUG, () -> "playing in " + pcm.grant() + ", target " + targetFrames + " frames");
        playback.opened(targetFrames, lowFrames, nowNanos);
    }

    private void emptied(long nowNanos) {
        running = false;
        writtenFrames = 0;
        passedFrames = 0;
        leftFrames = 0;
        restartPositions();
        movedFrames = 0;
        movedNanos = nowNanos;
    }

    @Override
    public boolean moves() {
        return running && (pace == PcmPace.OUR_CLOCK || movedFrames > 0);
    }

    @Override
    int move(AlsaPcm pcm, long nowNanos) {
        boolean waited = waiting;
        long before = writtenFrames;
        waiting = false;
        int error = feed(pcm, nowNanos);
        if (error == 0 && waiting && waited && before == writtenFrames) { // it claimed to be ready but was not
            waiting = false;
            untilNanos = Math.min(untilNanos, nowNanos + napNanos(pcm));
        }
        return error;
    }

    /** What was not heard will be given again. */
    @Override
    int empty(AlsaPcm pcm, long nowNanos) {
        int error = pcm.look();
        long unheardFrames = error < 0 ? 0 : Math.min(writtenFrames, Math.max(0, pcm.delayFrames())) + leftFrames;
        int dropped = pcm.drop();
        int prepared = pcm.prepare();
        playback.thrownAway(unheardFrames);
        emptied(nowNanos);
        return error < 0 ? error : dropped < 0 ? dropped : prepared;
    }

    private int feed(AlsaPcm pcm, long nowNanos) {
        long capacityFrames = pcm.grant().bufferFrames();
        long delayFrames = writtenFrames;
        long roomFrames = capacityFrames - writtenFrames;
        long atNanos = nowNanos;
        if (running && pace == PcmPace.OUR_CLOCK) {
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
            if (pace == PcmPace.ITS_CLOCK && standsStill(pcm, nowNanos)) {
                return -Errno.ETIMEDOUT;
            }
        }
        int error = write(pcm, delayFrames, roomFrames, atNanos);
        if (error == 0 && !running && writtenFrames > 0) {
            error = start(pcm);
            untilNanos = error < 0 ? untilNanos : nowNanos;
        }
        untilNanos = Math.min(untilNanos, playback.fillAgainNanos());
        return error;
    }

    /** Reads the PCM's position, finds out whether it has a clock, and reports the position. */
    private int look(AlsaPcm pcm) {
        int error = pcm.lookRunning();
        if (error < 0) {
            return error;
        }
        if (pace == PcmPace.UNKNOWN) {
            learnPace(pcm);
        }
        if (isNews(writtenFrames - pcm.delayFrames(), pcm.nanos())) {
            playback.heard(pcm.delayFrames() + leftFrames, pcm.nanos());
        }
        return 0;
    }

    private void learnPace(AlsaPcm pcm) {
        boolean empty =
                pcm.delayFrames() <= 0 && pcm.availFrames() >= pcm.grant().bufferFrames();
        if (!empty) {
            pace = PcmPace.ITS_CLOCK;
            movedNanos = pcm.nanos();
        } else if (writtenFrames > 2 * framesSinceStart(pcm.nanos())) {
            // faster than any clock
            takeOurClock(startedNanos, "fed");
        }
    }

    private long ownDelay(long nowNanos) {
        long frames = writtenFrames - passedFrames - ownFrames(nowNanos);
        if (frames < 0) { // dry: the next frames begin now
            passedFrames = writtenFrames;
            ownNanos = nowNanos;
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
                leftFrames = playback.fill(bytes, delay, atNanos);
                if (leftFrames == 0) {
                    return 0;
                }
                delay += leftFrames;
                bytes.flip();
                pcm.order().apply(bytes, params.format().sampleBytes());
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
        waiting = running && pace != PcmPace.OUR_CLOCK;
        return 0;
    }

    private boolean standsStill(AlsaPcm pcm, long nowNanos) {
        long queuedFrames = pcm.grant().bufferFrames() - pcm.availFrames();
        long moved = writtenFrames - queuedFrames;
        if (moved != movedFrames || queuedFrames <= 0) {
            movedFrames = moved;
            movedNanos = nowNanos;
        }
        return isStalled(nowNanos);
    }

    @Override
    int recover(AlsaPcm pcm, int error, long nowNanos) {
        int left = leftFrames;
        int result = error;
        if (error == -Errno.EPIPE) {
            result = pcm.prepare();
            if (result >= 0) { // otherwise it is lost, and that is reported
                playback.xrun(nowNanos);
            }
        } else if (error == -Errno.ESTRPIPE) {
            playback.xrun(nowNanos);
            if (pcm.resume() == -Errno.EAGAIN) {
                return waitForResume(nowNanos);
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
