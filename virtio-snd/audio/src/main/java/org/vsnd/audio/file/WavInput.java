// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.SilentSource;
import org.vsnd.audio.WarnOnce;
import org.vsnd.audio.frames.FrameRing;
import org.vsnd.audio.frames.NumberedRing;
import org.vsnd.audio.frames.SampleConverter;

/**
 * The recording side of a WAV back end: one file, its first second in memory, and the thread that fetches the rest for
 * each open source.
 */
final class WavInput implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WavInput.class.getName());
    private static final long NAP_NANOS = 100_000_000L;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_RING_BYTES = 32 << 20;

    /** A source, and how far it has been served. */
    private static final class Reading {
        final WavSource source;
        final FrameRing ring;
        final NumberedRing frames; // in that ring
        long nextFrame;
        boolean ended;

        Reading(WavSource source, FrameRing ring) {
            this.source = source;
            this.ring = ring;
            frames = new NumberedRing(ring);
        }
    }

    private final Path path;
    private final WavReader reader;
    private final ByteBuffer head;
    private final WarnOnce warnOnce = new WarnOnce(LOG);
    private final boolean waitWhenEmpty;
    private final AudioBudget rings;
    private final Queue<WavSource> wanted = new ConcurrentLinkedQueue<>();
    private final FileThread thread;

    // the thread's
    private final List<Reading> readings = new ArrayList<>();
    private final ArrayDeque<FrameRing> freeRings = new ArrayDeque<>();
    private final ByteBuffer buffer;
    private boolean failed;
    private boolean roomMissed;

    /**
     * Operator's thread: checks the file and reads its beginning.
     *
     * @param rings the memory for the rings
     */
    WavInput(Path path, boolean waitWhenEmpty, AudioBudget rings) throws IOException {
        this.path = path;
        this.waitWhenEmpty = waitWhenEmpty;
        this.rings = rings;
        reader = new WavReader(path);
        int frameBytes = reader.format().frameBytes();
        long headFrames = Math.min(reader.frames(), reader.format().rateHz());
        head = ByteBuffer.allocateDirect((int) Math.min(headFrames, MAX_RING_BYTES / frameBytes) * frameBytes);
        try {
            reader.read(0, head);
        } catch (IOException e) {
            reader.close();
            throw e;
        }
        head.flip();
        buffer = ByteBuffer.allocateDirect(Math.max(BUFFER_BYTES, frameBytes));
        thread = new FileThread("vsnd-audio-wav-in-" + path.getFileName(), NAP_NANOS, this::round);
    }

    WavFormat format() {
        return reader.format();
    }

    PcmFormat pcmFormat() {
        return reader.pcmFormat();
    }

    /** Whether its samples can be converted to a format. */
    boolean gives(PcmFormat format) {
        return SampleConverter.possible(reader.pcmFormat(), 1, format, 1);
    }

    /** The beginning of the file, a separate view for each caller. */
    ByteBuffer head() {
        return head.duplicate();
    }

    /** Device thread: a source that starts at the file's beginning. */
    AudioSource open(PcmParams params, String streamName) {
        WavFormat file = reader.format();
        if (file.rateHz() != params.rateHz()) {
            warnOnce.warn(
                    params,
                    streamName + " records silence: " + path + " has " + file.rateHz()
                            + " frames a second and the guest asks for " + params.rateHz() + "; offer it only rates="
                            + file.rateHz() + ".");
            return new SilentSource();
        }
        if (!SampleConverter.possible(reader.pcmFormat(), file.channels(), params.format(), params.channels())) {
            warnOnce.warn(
                    params,
                    streamName + " records silence: " + path + " has " + file.channels() + " channels of "
                            + reader.pcmFormat() + ", which cannot be converted to " + params.channels() + " of "
                            + params.format() + ".");
            return new SilentSource();
        }
        return new WavSource(params, this, thread, waitWhenEmpty);
    }

    /** Device thread: from now on reads for a source the part after the beginning, which is in memory. */
    void fetch(WavSource source) {
        wanted.add(source);
        thread.wake();
    }

    private void round() {
        for (WavSource next = wanted.poll(); next != null; next = wanted.poll()) {
            adopt(next);
        }
        for (int i = readings.size() - 1; i >= 0; i--) {
            Reading reading = readings.get(i);
            if (reading.source.isClosed()) {
                reading.ring.skip(Long.MAX_VALUE); // its consumer is gone
                freeRings.add(reading.ring);
                readings.remove(i);
            } else if (!reading.ended) {
                fetch(reading);
            }
        }
    }

    private void adopt(WavSource source) {
        if (source.isClosed()) {
            return;
        }
        FrameRing ring = freeRings.poll();
        if (ring == null) {
            int frameBytes = reader.format().frameBytes();
            int frames = (int) Math.min(2L * reader.format().rateHz(), MAX_RING_BYTES / frameBytes);
            if (!WavBackend.haveRoom(rings, AudioBudget.bytes(frameBytes, frames), source.card())) {
                missRoom();
                source.end();
                return;
            }
            ring = new FrameRing(rings, frameBytes, frames);
        }
        Reading reading = new Reading(source, ring);
        goTo(reading, head.limit() / ring.frameBytes());
        readings.add(reading);
        source.deliverThrough(reading.frames);
    }

    private void missRoom() {
        if (!roomMissed) {
            roomMissed = true;
            LOG.log(
                    Level.WARNING,
                    path + " is read from its beginning only, then there is silence: the card lacks memory.");
        }
    }

    private static void goTo(Reading reading, long frame) {
        reading.nextFrame = frame;
        reading.frames.jump(frame);
    }

    private void fetch(Reading reading) {
        int frameBytes = reading.ring.frameBytes();
        long wantedFrame = reading.source.wantedFrame();
        if (wantedFrame > reading.nextFrame) { // frames in between are no longer wanted
            goTo(reading, wantedFrame);
        }
        for (int room = reading.frames.writableFrames(); room > 0; room = reading.frames.writableFrames()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), (long) room * frameBytes));
            int got = readFile(reading.nextFrame);
            if (got == 0) {
                reading.ended = true;
                reading.source.end();
                return;
            }
            reading.frames.write(buffer.flip());
            reading.nextFrame += got;
        }
    }

    private int readFile(long frame) {
        try {
            return reader.read(frame, buffer);
        } catch (IOException e) {
            if (!failed) {
                LOG.log(
                        Level.WARNING,
                        path + " cannot be read any further (" + FileTrouble.why(e) + "): silence from now on.");
            }
            failed = true;
            return 0;
        }
    }

    @Override
    public void close() {
        thread.close();
        try {
            reader.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, path + " could not be closed", e);
        }
    }
}
