// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.ChannelOrder;
import org.vsnd.audio.frames.FrameRing;

/**
 * Sound of one format on its way to one WAV file after another. Sinks of the same format, one after the
 * other, share it and so append to the file.
 */
final class WavTrack {
    private static final Logger LOG = System.getLogger(WavTrack.class.getName());
    private static final int MAX_RING_BYTES = 32 << 20;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long LOG_NANOS = 10_000_000_000L;

    private final PcmParams params;
    private final WavFormat format;
    private final String streamName;
    private final WavFiles files;
    private final FrameRing ring;
    private final ChannelOrder order; // from the guest's to the file's
    private volatile long lostFrames; // device thread writes

    private final AtomicBoolean inUse = new AtomicBoolean();

    // the WAV thread's
    private @Nullable WavWriter writer;
    private boolean failing;
    private long retryAtNanos;
    private long lostReported;
    private long lostLoggedAtNanos;
    private boolean lostLogged;

    WavTrack(PcmParams params, WavFormat format, String streamName, WavFiles files, AudioBudget rings) {
        this.params = params;
        this.format = format;
        this.streamName = streamName;
        this.files = files;
        ring = new FrameRing(rings, params.frameBytes(), ringFrames(params));
        order = ChannelOrder.between(params.speakers(), SpeakerOrder.inFile(params.speakers()));
    }

    /** Memory that a track for these parameters may need. */
    static long ringBytes(PcmParams params) {
        return AudioBudget.bytes(params.frameBytes(), ringFrames(params));
    }

    private static int ringFrames(PcmParams params) {
        return (int) Math.min(2L * params.rateHz(), MAX_RING_BYTES / params.frameBytes());
    }

    FrameRing ring() {
        return ring;
    }

    /** Device thread: takes it for a stream if it is free, of that format and with those channels. */
    boolean acquire(PcmParams wanted) {
        return wanted.format() == params.format()
                && wanted.rateHz() == params.rateHz()
                && wanted.speakers().equals(params.speakers())
                && inUse.compareAndSet(false, true);
    }

    /** Device thread: the stream is closed. */
    void release() {
        inUse.set(false);
    }

    /** Device thread: counts frames that the ring had no room for. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void countLost(int frames) {
        lostFrames += frames;
    }

    /** WAV thread: writes everything that is there. */
    void writeOut(ByteBuffer buffer) {
        buffer.clear();
        while (ring.read(buffer) > 0) {
            format.fromGuest(params.format(), buffer.flip());
            order.apply(buffer, params.format().sampleBytes());
            store(buffer);
            buffer.clear();
        }
        logLost();
    }

    private void store(ByteBuffer data) {
        if (failing && System.nanoTime() - retryAtNanos < 0) {
            return;
        }
        try {
            int end = data.limit();
            while (data.position() < end) {
                WavWriter to = writerWithRoom();
                data.limit((int) Math.min(end, data.position() + to.roomBytes()));
                to.write(data);
                data.limit(end);
            }
            if (failing) {
                failing = false;
                LOG.log(Level.INFO, streamName + ": the WAV file is being written again");
            }
        } catch (IOException e) {
            if (!failing) {
                LOG.log(
                        Level.WARNING,
                        streamName + ": the WAV file cannot be written (" + e
                                + "), its sound is dropped until this works again: make room or give access.");
            }
            failing = true;
            retryAtNanos = System.nanoTime() + RETRY_NANOS;
        }
    }

    private WavWriter writerWithRoom() throws IOException {
        WavWriter current = writer;
        if (current != null && current.roomBytes() > 0) {
            return current;
        }
        String why = streamName + ", " + params.format() + " " + params.rateHz() + " Hz " + params.channels() + " ch";
        WavWriter next = files.open(format, current == null ? why : why + ", previous file is full");
        writer = next;
        if (current != null) {
            current.close();
        }
        return next;
    }

    private void logLost() {
        long lost = lostFrames;
        long now = System.nanoTime();
        if (lost == lostReported || (lostLogged && now - lostLoggedAtNanos < LOG_NANOS)) {
            return;
        }
        LOG.log(
                Level.WARNING,
                streamName + ": the disk was too slow for the WAV file, " + (lost - lostReported)
                        + " frames are missing from it");
        lostReported = lost;
        lostLoggedAtNanos = now;
        lostLogged = true;
    }

    /** WAV thread, or after it has ended. */
    void closeFile() {
        try {
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, streamName + ": the WAV file could not be closed (" + FileTrouble.why(e) + ")");
        }
    }
}
