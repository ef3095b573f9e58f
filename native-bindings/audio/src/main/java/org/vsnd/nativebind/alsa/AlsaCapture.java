// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.nio.ByteBuffer;
import org.vsnd.audio.live.LiveCapture;
import org.vsnd.nativebind.libc.Errno;

/**
 * Records from a PCM into a {@link LiveCapture}: reads frames as they come, reports its position, and restarts it
 * after an over-run or a suspend. A PCM that always has frames has no clock: they are read at nominal pace by ours.
 * Audio thread only.
 */
final class AlsaCapture extends AlsaSide {
    private static final long OWN_ROUND_NANOS = 2_000_000L;

    private final LiveCapture capture;

    private long readFrames; // since it was started

    AlsaCapture(LiveCapture capture) {
        super(capture.params());
        this.capture = capture;
    }

    @Override
    public void opened(AlsaPcm pcm, long nowNanos) {
        reopened();
        // the host delivers a period when it is full, and may be one behind
        capture.opened(2 * pcm.grant().periodFrames() + marginFrames(), nowNanos);
    }

    @Override
    public boolean moves() {
        return running && readFrames > 0;
    }

    @Override
    int move(AlsaPcm pcm, long nowNanos) {
        waiting = pace != PcmPace.OUR_CLOCK;
        int error = running ? 0 : begin(pcm);
        if (error == 0) {
            error = pace == PcmPace.OUR_CLOCK ? readOwn(pcm, nowNanos) : readHost(pcm, nowNanos);
        }
        return error;
    }

    @Override
    int empty(AlsaPcm pcm, long nowNanos) {
        running = false;
        pcm.drop();
        return pcm.prepare();
    }

    private int begin(AlsaPcm pcm) {
        int error = start(pcm);
        if (error == 0) {
            readFrames = 0;
            restartPositions();
            ownNanos = startedNanos;
        }
        return error;
    }

    private int readHost(AlsaPcm pcm, long nowNanos) {
        int error = pcm.lookRunning();
        if (error < 0) {
            return error;
        }
        if (pace == PcmPace.UNKNOWN && learnPace(pcm)) {
            return 0;
        }
        long delayFrames = pcm.delayFrames();
        int read = read(pcm, pcm.availFrames());
        if (read < 0) {
            return read;
        }
        if (read > 0) {
            movedNanos = nowNanos;
        } else if (isStalled(nowNanos)) {
            return -Errno.ETIMEDOUT;
        }
        if (read == 0) { // it claimed to be ready but was not: the pulse plugin does so until its first frames
            waiting = false;
            untilNanos = nowNanos + napNanos(pcm);
        }
        if (readFrames > 0 && isNews(readFrames - read + delayFrames, pcm.nanos())) {
            capture.position(delayFrames - read, pcm.nanos());
        }
        return 0;
    }

    /** Returns whether the PCM has just turned out to have no clock. */
    private boolean learnPace(AlsaPcm pcm) {
        long fullFrames = pcm.grant().bufferFrames();
        long sinceStart = framesSinceStart(pcm.nanos());
        if (readFrames + pcm.availFrames() >= fullFrames && sinceStart < fullFrames / 2) { // no clock is that fast
            takeOurClock(ownNanos, "read");
            waiting = false;
            return true;
        }
        if (sinceStart > 0) {
            pace = PcmPace.ITS_CLOCK;
        }
        return false;
    }

    private int readOwn(AlsaPcm pcm, long nowNanos) {
        untilNanos = nowNanos + OWN_ROUND_NANOS;
        int read = read(pcm, ownFrames(nowNanos) - readFrames);
        capture.position(0, nowNanos);
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
            bytes.clear().limit((int) frames * frameBytes);
            pcm.order().apply(bytes, params.format().sampleBytes());
            capture.captured(bytes);
            readFrames += frames;
            total += (int) frames;
            left -= frames;
        }
        return total;
    }

    @Override
    int recover(AlsaPcm pcm, int error, long nowNanos) {
        if (error == -Errno.EPIPE) {
            capture.xrun(nowNanos);
            return empty(pcm, nowNanos);
        }
        if (error != -Errno.ESTRPIPE) {
            return error;
        }
        if (pcm.resume() == -Errno.EAGAIN) {
            return waitForResume(nowNanos);
        }
        capture.xrun(nowNanos);
        return empty(pcm, nowNanos);
    }
}
