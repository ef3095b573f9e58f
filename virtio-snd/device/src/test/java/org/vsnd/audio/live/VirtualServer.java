// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.SilentSource;

/**
 * A host with a device of its own in somebody else's time: S16 stereo at 48 kHz, one frame heard every 1/48,000 s, in the
 * order in which they were given, silence where there are none. Keeps a stream that was closed for the next one like it,
 * as a device must that can be opened only once. Recordings are silence.
 */
public final class VirtualServer implements AudioBackend {
    private static final int RATE_HZ = 48_000;
    private static final long STEP_NANOS = 1_000_000;
    private static final int STEP_FRAMES = 48;
    private static final int NEEDED_FRAMES = 240;

    /** When a value was heard first, and how many frames of it were. */
    public record Heard(long firstNanos, int frames) {}

    private final LongSupplier nanoTime;
    private final List<Stream> streams = new ArrayList<>();
    private final Map<Integer, Heard> heard = new HashMap<>();
    private long silentFrames;

    /** @param nanoTime whose time */
    public VirtualServer(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** What was heard by now, by the value of both samples; silence is left out. */
    public Map<Integer, Heard> heard() {
        return heard;
    }

    /** The device of every stream runs dry: what it had is played, what comes next is late. */
    public void runDry() {
        for (Stream stream : streams) {
            stream.queue.clear();
            stream.playback.xrun(nanoTime.getAsLong());
        }
    }

    /** Frames of silence heard so far while a stream was running. */
    public long silentFrames() {
        return silentFrames;
    }

    /** A millisecond has passed. */
    public void step() {
        streams.removeIf(stream -> stream.playback.wanted(nanoTime.getAsLong()) == HostState.CLOSE);
        streams.forEach(Stream::step);
    }

    @Override
    public String name() {
        return "virtual";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        for (Stream stream : streams) {
            if (stream.playback.params().equals(params)) {
                return stream.playback.sink();
            }
        }
        Stream stream = new Stream(params);
        streams.add(stream);
        return stream.playback.sink();
    }

    @Override
    public boolean takesUp(PcmParams params, String streamName) {
        return streams.stream().anyMatch(stream -> stream.playback.params().equals(params));
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return new SilentSource();
    }

    @Override
    public void close() {}

    private final class Stream {
        private final LivePlayback playback;
        private final ArrayDeque<Integer> queue = new ArrayDeque<>();
        private final ByteBuffer buffer = ByteBuffer.allocate(4 * RATE_HZ).order(ByteOrder.LITTLE_ENDIAN);
        private boolean opened;

        Stream(PcmParams params) {
            playback = new LivePlayback(params, () -> {}, nanoTime);
        }

        private void step() {
            long nowNanos = nanoTime.getAsLong();
            if (!opened) {
                opened = true;
                playback.opened(playback.params().targetFrames(), NEEDED_FRAMES, nowNanos);
            }
            if (playback.wanted(nowNanos) != HostState.RUN) {
                return;
            }
            for (int i = 0; i < STEP_FRAMES; i++) {
                Integer value = queue.poll();
                if (value == null || value == 0) {
                    silentFrames++;
                } else {
                    long atNanos = nowNanos - STEP_NANOS + i * STEP_NANOS / STEP_FRAMES;
                    heard.merge(
                            value, new Heard(atNanos, 1), (a, b) -> new Heard(a.firstNanos(), a.frames() + b.frames()));
                }
            }
            while (playback.fill(buffer.clear(), queue.size(), nowNanos) > 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    queue.add(buffer.getInt());
                }
            }
            playback.heard(queue.size(), nowNanos);
        }
    }
}
