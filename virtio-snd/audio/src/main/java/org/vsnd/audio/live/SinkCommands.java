// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.FrameClock;
import org.vsnd.audio.HostVolume;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.frames.FrameRing;

/**
 * The device thread's side of a {@link LivePlayback}: its commands to the stream, read by the audio thread. Fields are
 * written by the device thread only, {@link #targetFrames} and {@link #heard} by the audio thread.
 */
final class SinkCommands {
    /** The state that the device thread wants. */
    enum Mode {
        PREPARED,
        RUNNING,
        PAUSED,
        DRAINING,
        CLOSED
    }

    private static final long HEARD = 0;

    private final PcmParams params;
    private final FrameRing ring;
    private final PositionReports reports;
    private final Runnable wake;
    private final Predicate<HostVolume> volumeTie;
    private final LongSupplier nanoTime;
    private final FrameClock clock;
    private final HostPosition heard = new HostPosition(); // which frame of the ring is heard when; epoch HEARD

    private volatile Mode mode = Mode.PREPARED;
    private volatile long silenceUpTo; // frame of the ring before which silence is expected
    private volatile long handedNanos; // when that frame came, or the ring last stopped being empty
    private volatile long targetFrames;
    private long writtenFrames; // to the ring, in total
    private boolean left; // the last sink is closed

    /** @param volumeTie as {@link AudioSink#tie} */
    SinkCommands(
            PcmParams params,
            FrameRing ring,
            PositionReports reports,
            Runnable wake,
            Predicate<HostVolume> volumeTie,
            LongSupplier nanoTime) {
        this.volumeTie = volumeTie;
        this.params = params;
        this.ring = ring;
        this.reports = reports;
        this.wake = wake;
        this.nanoTime = nanoTime;
        clock = new FrameClock(params.rateHz());
        targetFrames = params.targetFrames();
    }

    Mode mode() {
        return mode;
    }

    long silenceUpTo() {
        return silenceUpTo;
    }

    long handedNanos() {
        return handedNanos;
    }

    /** Audio thread: the latency the host grants. */
    void grant(long frames) {
        targetFrames = frames;
    }

    /** Audio thread: that frame of the ring is heard at that time, and others before and after it. */
    void heardAt(long frame, long nanos) {
        heard.set(HEARD, frame, nanos);
    }

    /** Audio thread: no frame of the ring is being heard. */
    void nothingHeard() {
        heard.set(HEARD - 1, 0, 0);
    }

    /** As {@link AudioSink#heldFrames}. */
    long heldFrames() {
        long heardFrame = heard.framesAt(nanoTime.getAsLong(), HEARD, clock, writtenFrames);
        return Math.max(0, Math.min(writtenFrames - heardFrame - targetFrames, ring.capacityFrames()));
    }

    AudioSink sink() {
        if (left) {
            left = false;
            ring.comeBack();
        }
        reports.startAt(writtenFrames);
        silenceUpTo = writtenFrames;
        command(Mode.PREPARED);
        return new Sink();
    }

    private void command(Mode next) {
        mode = next;
        wake.run();
    }

    private final class Sink implements AudioSink {
        private boolean closed;

        @Override
        public long targetFrames() {
            return targetFrames;
        }

        @Override
        public long heldFrames() {
            return SinkCommands.this.heldFrames();
        }

        @Override
        public int write(ByteBuffer frames) {
            if (ring.readableFrames() == 0 || writtenFrames == silenceUpTo) {
                handedNanos = nanoTime.getAsLong();
            }
            int given = frames.remaining() / params.frameBytes();
            int taken = ring.write(frames);
            writtenFrames += taken;
            if (taken < given) { // the audio thread hangs
                reports.lost(given - taken);
            }
            wake.run();
            return taken;
        }

        @Override
        public void gap(long frames) {
            silenceUpTo = writtenFrames;
        }

        @Override
        public void start() {
            if (mode != Mode.PAUSED) {
                silenceUpTo = writtenFrames;
            }
            command(Mode.RUNNING);
        }

        @Override
        public void pause() {
            command(Mode.PAUSED);
        }

        @Override
        public void drain() {
            command(Mode.DRAINING);
        }

        @Override
        public boolean tie(HostVolume volume) {
            return volumeTie.test(volume);
        }

        @Override
        public PositionReports reports() {
            return reports;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                command(Mode.CLOSED);
                left = true;
                ring.leave(); // the audio thread first plays what is in it, then also leaves
            }
        }

        @Override
        public String toString() {
            return "playing " + params;
        }
    }
}
