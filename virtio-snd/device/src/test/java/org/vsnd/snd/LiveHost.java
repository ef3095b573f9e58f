// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.Resampler;

/**
 * Host audio whose playback and capture go by clocks of their own, off the thread's by some millionths; what it records
 * comes from a {@link Microphone}. S16 stereo at 48 kHz.
 */
final class LiveHost implements AudioBackend {
    static final int LATENCY = 960;

    final List<LinearResampler> resamplers = new ArrayList<>();
    final boolean resamples;
    int noiseFrames = 2;
    double playbackPpm;
    double capturePpm;
    long startNanos;
    VirtualThread thread;
    /** Told of what is played; its position is not to be moved. */
    Consumer<ByteBuffer> onWrite = frames -> {};

    private final Random random = new Random(1);
    private Sink sink;
    private Microphone microphone;

    LiveHost(double playbackPpm, double capturePpm, boolean resamples) {
        this.playbackPpm = playbackPpm;
        this.capturePpm = capturePpm;
        this.resamples = resamples;
    }

    Rig rig(ExchangeRule exchange) {
        Rig rig = new Rig(CompletionPolicy.PACED, exchange, this);
        thread = rig.thread;
        startNanos = thread.nowNanos;
        return rig;
    }

    Microphone microphone() {
        return microphone;
    }

    /** Both clocks say where they are. */
    void report() {
        if (sink != null && sink.started) {
            long heard = Math.min(sink.written, sink.heard() + noise());
            sink.reports.publish(PositionReports.Kind.POSITION, heard, thread.nowNanos);
        }
        if (microphone != null) {
            microphone.work();
        }
    }

    /** Positions are a little off either way. */
    int noise() {
        return random.nextInt(2 * noiseFrames + 1) - noiseFrames;
    }

    @Override
    public String name() {
        return "live";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        sink = new Sink();
        return sink;
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        microphone = new Microphone(this, params);
        return microphone;
    }

    @Override
    public Optional<Resampler> openResampler(PcmParams params) {
        if (!resamples) {
            return Optional.empty();
        }
        resamplers.add(new LinearResampler());
        return Optional.of(resamplers.get(resamplers.size() - 1));
    }

    @Override
    public void close() {}

    private final class Sink implements AudioSink {
        private final PositionReports reports = new PositionReports();
        private long originFrame;
        private long written;
        private boolean started;

        private long dac() {
            return (long) ((thread.nowNanos - startNanos) * 48e-6 * (1 + playbackPpm / 1e6));
        }

        private long heard() {
            return Math.min(written, dac() - originFrame);
        }

        @Override
        public long targetFrames() {
            return LATENCY;
        }

        @Override
        public int write(ByteBuffer frames) {
            int count = frames.remaining() / 4;
            onWrite.accept(frames.duplicate());
            if (written == 0 || heard() == written) { // the first, or dry: heard a target from now
                originFrame = dac() + LATENCY - written;
            }
            written += count;
            frames.position(frames.limit());
            return count;
        }

        @Override
        public void gap(long frames) {}

        @Override
        public void start() {
            started = true;
        }

        @Override
        public void pause() {
            started = false;
        }

        @Override
        public void drain() {}

        @Override
        public PositionReports reports() {
            return reports;
        }

        @Override
        public void close() {
            started = false;
        }
    }
}
